"""The files of this panel: pretrained networks, and the pictures our figures were measured on."""

from ..frame.shared_assets import SQUEEZENET as SQUEEZENET
from ..frame.storage.assets import Asset, register

# no more of the checksum is published than the digits in the file's name
(VGG19_WEIGHTS,) = register(
    Asset(
        name="vgg19",
        path="style/vgg19-dcbb9e9d.pth",
        urls=("https://download.pytorch.org/models/vgg19-dcbb9e9d.pth",),
        sha256="dcbb9e9d",
        size=574_673_361,
        licence="BSD-3-Clause, as torchvision",
        source="VGG-19 (Simonyan & Zisserman 2015), trained anew on ImageNet by torchvision",
    )
)

VGG19_CONV3, VGG19_SMALL = register(
    Asset(
        name="vgg19-conv3",
        path="style/vgg19_normalised_conv1_1_to_conv3_1.safetensors",
        sha256="e60488c7c897a2fbee19396f740d0d12f34dde93febea729a04cd98287ea4512",
        size=2_222_608,
        licence="Apache-2.0; weights of VGG-19 CC BY 4.0",
        source="pietrocarbo/deep-transfer, vgg_normalised_conv3_1.pth; Gatys et al. 2015",
    ),
    Asset(
        name="vgg19-small",
        path="style/vgg19_small16x_conv1_1_to_conv5_1.safetensors",
        sha256="8210379da407b92ce7665c2022f9b0de8723791d5310fa49d61977b646a5af11",
        size=3_860_160,
        licence="MIT",
        source="MingSun-Tse/Collaborative-Distillation, wct_se_16x_new; Wang et al. 2020",
    ),
)

PICTURE_SOURCE = (
    "test pictures of jcjohnson/fast-neural-style and other repositories on style transfer"
)


def _pictures(folder: str, licence: str, files: dict[str, tuple[str, int]]) -> tuple[Asset, ...]:
    return register(
        *(
            Asset(
                name=f"{folder}/{stem}",
                path=f"style/{folder}/{stem}.jpg",
                sha256=sha256,
                size=size,
                licence=licence,
                source=PICTURE_SOURCE,
            )
            for stem, (sha256, size) in files.items()
        )
    )


PAINTINGS = _pictures(
    "paintings",
    "painters died by 1954: out of copyright where it lasts 70 years",
    {
        "composition_vii_kandinsky": (
            "16d7bf0a0e7233fcdb4f1ac92f977c3d49a365b88fb09059b0b9f70f92a856e6",
            185_672,
        ),
        "great_wave_hokusai": (
            "9b8782be7d33dad461c663c955f0eb85f23ed0c5ed9b18510fac6aa1cd177330",
            137_374,
        ),
        "shipwreck_turner": (
            "74e55436935d5c2d077a8a060be4ecadbab779160856c5803e77f7a577fb0430",
            166_711,
        ),
        "starry_night_vangogh": (
            "185e0b88cafb7f918b2e7ad20fb6e92a78378b7c4ff1d9517acaadedf50d662c",
            270_746,
        ),
        "tableau_mondrian": (
            "262d95bea34a593542793e44d8ab5e73a19408e44d9f78d00e08b123bbc6ebb2",
            183_002,
        ),
        "the_scream_munch": (
            "4a2c446658fbc1f14293cb8fd12dd7308a8c2f3572228ac077b75d2fe60ccd1d",
            144_805,
        ),
        "udnie_picabia": (
            "45e510d2a53b4167a22bae12a191eea3018f82d74a2fa17b1573adc1e9dfc7f6",
            87_874,
        ),
        "woman_with_hat_matisse": (
            "6a8b2383d9c110354a97a42c74bdcc5341be879cbb842ddb7ab5843dbdf56d53",
            101_689,
        ),
    },
)

CONTENTS = _pictures(
    "content",
    "photographer not stated: for trials",
    {
        "arched_door": (
            "f3ab1b2c8ab5e36469e0b4b251c9213e9a400c973b01e271bef507ee789ed8a9",
            145_823,
        ),
        "chicago": (
            "a1e8bf5a5ffec464ee1bb4c1dd6662e5b83a905a64ae10755e5801c3343cebe9",
            219_977,
        ),
        "flowers": (
            "adb5b7cfc05437eb4c25f686c607d0a20d9aa971391f2feb1ff19e4080897564",
            122_620,
        ),
        "golden_gate": (
            "1f8e27d6252377f55107e02dfcf8dc55437724f535ce479358e6887017abf2cd",
            100_351,
        ),
        "hoover_tower_night": (
            "8852910ed1594af535c3dee012b020b9ee4045798645885d20a9445d12e98093",
            216_598,
        ),
        "sailboat": (
            "7c381a9366dd134524c3130887d2530c4a9c563f23825e86d698414f86d5270a",
            103_739,
        ),
        "stata_center": (
            "e3e355dc51976125cce38163130a1af46b3cd6d411ff7d4f9a2aa42098ea656b",
            147_711,
        ),
        "venice_boat": (
            "25cc899667ca3c976c4000e1da19a277330876b1ffbbc66bb76f1d433e7bc12d",
            117_312,
        ),
    },
)
