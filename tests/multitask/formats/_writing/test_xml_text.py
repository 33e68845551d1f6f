from triptych.multitask.formats._writing.xml_text import clean_xml_text


def test_what_xml_has_stays_and_the_rest_is_marked():
    assert clean_xml_text("tab\t line\n ä 🙂") == "tab\t line\n ä 🙂"
    assert clean_xml_text("\x00\x1b\ud800\uffff") == "\ufffd" * 4
