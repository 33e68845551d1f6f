"""Files that several panels read: networks that are features of style and backbones alike."""

from .storage.assets import Asset, register

(SQUEEZENET,) = register(
    Asset(
        name="squeezenet",
        path="style/squeezenet1_1_notop.safetensors",
        sha256="7697eea61d93a32af661599a34a45d82204355270b3a963445d028d71bb6c706",
        size=2_894_472,
        licence="MIT",
        source="SqueezeNet 1.1, Iandola et al. 2016 (from DeepCognition/keras-squeezenet)",
    ),
)
