from triptych.faces.metrics.pair_lists.paths import is_paths, read_paths


def test_lists_are_known_by_their_labels():
    assert is_paths(["a b 1"]) and is_paths(["0 a b"]) and is_paths(["first,second,same", "a,b,0"])
    assert not any(map(is_paths, (["a b"], ["a b c"], [""], ["a b c d"])))


def test_names_with_blanks_and_commas_are_read():
    (pair,), folds = read_paths(["Ann Lee/1 a.jpg\tBob/2.jpg\t-1"], "list")
    assert (pair.first.path, pair.second.path, pair.same) == ("Ann Lee/1 a.jpg", "Bob/2.jpg", False)
    (pair,), folds = read_paths(['"Lee, Ann/1.jpg",Bob/2.jpg,1'], "list")
    assert pair.first.path == "Lee, Ann/1.jpg" and pair.same and folds is None
