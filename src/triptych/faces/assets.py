"""The files of this panel: networks, and the photos that our figures were measured on."""

from ..frame.storage.assets import Asset, register

CASIA_LICENCE = "none stated; trained on CASIA-WebFace: for research"


(YUNET,) = register(
    Asset(
        name="yunet",
        path="faces/yunet/face_detection_yunet_2023mar.onnx",
        urls=tuple(
            f"https://{place}/main/models/face_detection_yunet/face_detection_yunet_2023mar.onnx"
            for place in (
                "media.githubusercontent.com/media/opencv/opencv_zoo",
                "github.com/opencv/opencv_zoo/raw",
            )
        ),
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        size=232_589,
        licence="MIT",
        source="OpenCV Zoo; YuNet, Wu et al. 2023 (ShiqiYu/libfacedetection.train)",
    )
)

MOBILEFACENET, MOBILEFACENET_ONNX, MOBILEFACENET_CHECKPOINT = register(
    Asset(
        name="mobilefacenet",
        path="faces/mobilefacenet/mobilefacenet128.safetensors",
        sha256="ad8cf64026e1908de12b2979df26ed1caf6013f44bc09a3781f19b768e176ecb",
        size=4_107_032,
        licence=CASIA_LICENCE,
        source="Xiaoccer/MobileFaceNet_Pytorch, model/best/068.ckpt; Chen et al. 2018",
    ),
    Asset(
        name="mobilefacenet-onnx",
        path="faces/mobilefacenet/mobilefacenet128.onnx",
        sha256="3d324cbbaf67051054bd921a2678485e362d4188e65926677a8484a6dfe119a6",
        size=3_983_081,
        licence=CASIA_LICENCE,
        source="the same network, as ONNX",
    ),
    # no checksum of the file: what is in it is compared, by name and value, once it is read
    Asset(
        name="mobilefacenet-checkpoint",
        path="faces/mobilefacenet/068.ckpt",
        urls=tuple(
            f"https://github.com/Xiaoccer/MobileFaceNet_Pytorch/raw/{version}/model/best/068.ckpt"
            for version in ("9c6e162647edf1bdc1d194f305d2030c79bf4613", "master")
        ),
        size=4_200_000,
        licence=CASIA_LICENCE,
        source="Xiaoccer/MobileFaceNet_Pytorch",
    ),
)

LFW_SUBSET, ORL, CELEB24 = register(
    Asset(
        name="lfw-subset",
        path="faces/lfw-subset/lfw-subset.zip",
        sha256="de8c83c7b95340d1d2f89425a6c60d293630df8b2ab6b22bfc73eaa8de1e61ef",
        size=1_357_081,
        licence="news photographs: for research",
        source="Labeled Faces in the Wild, Huang et al. 2007: 10 people × 10 (from krasserm)",
    ),
    Asset(
        name="orl",
        path="faces/orl/orl_faces.zip",
        sha256="c39fa9b38ab5817550edf913b78d6e6551631c075554c31d807b13e7171da40f",
        size=3_773_230,
        licence="free for research with credit to Olivetti Research Laboratory",
        source="AT&T Database of Faces, Samaria & Harter 1994: 40 people × 10, grey 92×112",
    ),
    Asset(
        name="celeb24",
        path="faces/celeb24/celeb24.zip",
        sha256="4a728e328b14a5a1f00c666ebd9429db55c93877d705cd18df30b3374081f850",
        size=16_752_596,
        licence="none stated; web photographs: for research",
        source="24 people of Glint360k, aligned to 112×112 (from ElisonSherton/Face-Applications)",
    ),
)

OMNIGLOT, OMNIGLOT_SMALL1, OMNIGLOT_SMALL2 = register(
    *(
        Asset(
            name=name,
            path=f"omniglot/{address.rpartition('/')[2]}",
            urls=(f"https://github.com/brendenlake/omniglot/raw/master/python/{address}",),
            sha256=sha256,
            size=size,
            licence="MIT",
            source="Omniglot, Lake et al. 2015",
        )
        for name, address, sha256, size in (
            (
                "omniglot",  # the 20 one-shot runs
                "one-shot-classification/all_runs.zip",
                "437c1eeab0af8484112e1b4cc0f3d541ec727f7c47b9b202da738af9dfd6c325",
                352_787,
            ),
            (
                "omniglot-small1",
                "images_background_small1.zip",
                "f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4",
                1_319_022,
            ),
            (
                "omniglot-small2",
                "images_background_small2.zip",
                "3ccaa407515a8778e5d0861875af38b17e418f301ad5bb3b5a6b65d901a41c7f",
                1_580_917,
            ),
        )
    )
)

(DLIB_ONNX,) = register(
    Asset(
        name="dlib-onnx",
        path="faces/dlib/dlib_face_resnet.onnx",
        sha256="996f9fb4eda9d7a7cc027ba3769374f0e5eae9b54d0706fbdb6d53276c3bc8aa",
        size=22_526_914,
        licence="CC0-1.0",
        source="dlib_face_recognition_resnet_model_v1, Davis King 2017, as ONNX",
    )
)
