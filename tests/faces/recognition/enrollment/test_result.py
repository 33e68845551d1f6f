"""What became of a folder, as JSON."""

import json

from triptych.faces.recognition.enrollment.result import AlikePeople, EnrollmentResult
from triptych.frame.storage.image_folder import SkippedImage


def test_all_that_is_told_is_in_the_json():
    skipped = SkippedImage("a.jpg", "no face"), SkippedImage("b.txt", "no photo")
    alike = AlikePeople("Ada", "Ada/1.jpg", "Bo", "Bo/1.jpg", 0.123456)
    result = EnrollmentResult(
        9, 1, 2, 3, skipped[:1], skipped[1:], 4, 5, (SkippedImage("c.jpg", "gone"),), 1, (alike,)
    )
    told = json.loads(json.dumps(result.to_dict()))
    assert set(told) == set(vars(result))
    assert (told["renewed"], told["replaced"], told["pruned"]) == (4, 5, 1)
    assert told["alike"][0]["distance"] == 0.1235 and told["gone"][0]["photo"] == "c.jpg"
