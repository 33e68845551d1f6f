"""The course projects' networks in Keras, trained and measured in an environment of its own.

    PEER/bin/python benchmarks/peers/keras_recipes.py RECIPE DATA.npz --seconds 300 --goal 0.9935

prints JSON. `benchmarks/courses.py` writes the data, which Keras is handed ready made as arrays,
and runs this beside triptych. Seconds are those of training alone: figures are taken on validation
images while the clock stands. Training ends at the goal, or when the seconds are over.
"""

import argparse
import json
import os
import resource
from time import perf_counter

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras  # pyright: ignore  # in an environment of its own
import numpy as np
import tensorflow as tf  # pyright: ignore
from figures import figure  # pyright: ignore  # beside this file
from keras import layers  # pyright: ignore

BATCH = 32  # what the notebooks took
LOOKS = 15  # figures taken on the way, at most about


def inlet(shape):
    """Images as they are, and as numbers of 0 … 1."""
    image = keras.Input(shape, dtype="uint8")
    return image, layers.Rescaling(1 / 255)(image)


def block(x, channels: int):
    """Convolution and ReLU, as the notebooks have them."""
    return layers.Conv2D(channels, 3, padding="same", activation="relu")(x)


def colored(shape, classes: int):
    """Two outputs, with a skip over two convolutions as in a ResNet."""
    image, x = inlet(shape)
    x = layers.MaxPooling2D()(block(x, 32))
    skip = layers.Conv2D(64, 1)(x)
    x = layers.Add()([block(block(x, 64), 64), skip])
    x = layers.Flatten()(layers.MaxPooling2D()(x))
    x = layers.Dense(128, activation="relu")(x)
    digit = layers.Dense(classes, activation="softmax", name="label")(x)
    color = layers.Dense(2, activation="softmax", name="attribute")(x)
    return keras.Model(image, {"label": digit, "attribute": color})


def emoji(shape, classes: int):
    """A class and a box by squared errors, from five convolutions with pooling."""
    image, x = inlet(shape)
    for number in range(5):
        x = layers.MaxPooling2D()(layers.BatchNormalization()(block(x, 16 * 2**number)))
    x = layers.Dense(256, activation="relu")(layers.Flatten()(x))
    label = layers.Dense(classes, activation="softmax", name="label")(x)
    box = layers.Dense(4, name="box")(x)
    return keras.Model(image, {"label": label, "box": box})


def circled(shape, classes: int):
    """A class and a circle: average pooling, and three sigmoids by squared errors."""
    image, x = inlet(shape)
    for channels in (32, 64, 128):
        x = layers.AveragePooling2D(2)(block(x, channels))
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    label = layers.Dense(classes, activation="softmax", name="label")(x)
    circle = layers.Dense(3, activation="sigmoid", name="circle")(x)
    return keras.Model(image, {"label": label, "circle": circle})


def u_net(shape, outputs: int, name: str, activation: str):
    """Two levels down and up (Ronneberger et al. 2015)."""
    image, x = inlet(shape)
    skips = []
    for channels in (16, 32):
        skips.append(block(block(x, channels), channels))
        x = layers.MaxPooling2D()(skips[-1])
    x = block(block(x, 64), 64)
    for channels in (32, 16):
        x = layers.Conv2DTranspose(channels, 2, strides=2, padding="same")(x)
        x = layers.Concatenate()([x, skips.pop()])
        x = block(block(x, channels), channels)
    answer = layers.Conv2D(outputs, 1, activation=activation, name=name)(x)
    return keras.Model(image, {name: answer})


def build(recipe: str, shape, classes: int):
    """The network and its losses; all with Adam's defaults."""
    entropy = "sparse_categorical_crossentropy"
    network, losses = {
        "colored-digits": lambda: (
            colored(shape, classes),
            {"label": entropy, "attribute": entropy},
        ),
        "emoji": lambda: (emoji(shape, classes), {"label": entropy, "box": "mse"}),
        "circled-digits": lambda: (circled(shape, classes), {"label": entropy, "circle": "mse"}),
        "foreground-digits": lambda: (
            u_net(shape, 1, "mask", "sigmoid"),
            {"mask": "binary_crossentropy"},
        ),
        "mosaic-digits": lambda: (u_net(shape, 11, "semantic", "softmax"), {"semantic": entropy}),
    }[recipe]()
    network.compile(optimizer="adam", loss=losses)
    return network


def prepared(data, split: str, side: int):
    """Images, targets as networks of the notebooks learn them, and targets as they are."""
    images = data[f"{split}/images"]
    targets = {key.split("/")[1]: data[key] for key in data if key.startswith(f"{split}/")}
    del targets["images"]
    scaled = {
        name: (value / side).astype(np.float32) if name in ("box", "circle") else value
        for name, value in targets.items()
    }
    if "mask" in scaled:
        scaled["mask"] = scaled["mask"][..., None].astype(np.float32)
    return images, scaled, targets


def answers(network, images, side: int):
    """What the network says, in pixels."""
    said = dict(network.predict(images, batch_size=128, verbose=0))
    for name in {"box", "circle"} & {*said}:
        said[name] = said[name] * side
    if "mask" in said:
        said["mask"] = said["mask"][..., 0]
    return said


def main(recipe: str, path: str, seconds: float, goal: float, threads: int) -> None:
    """Train until the goal or the end, then predict; print JSON."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    keras.utils.set_random_seed(0)
    with np.load(path) as data:
        arrays = {key: data[key] for key in data}
    side = max(arrays["train/images"].shape[1:3])
    images, targets, _ = prepared(arrays, "train", side)
    held_out, _, truth = prepared(arrays, "validation", side)
    network = build(recipe, images.shape[1:], int(arrays["classes"]))
    stream = tf.data.Dataset.from_tensor_slices((images, targets))  # pyright: ignore
    stream = stream.shuffle(len(images), seed=0).repeat().batch(BATCH).prefetch(2)
    batches = iter(stream)
    network.train_on_batch(*next(batches))  # compiled before the clock starts
    spent, steps, curve, look = 0.0, 0, [], seconds / LOOKS / 4
    while spent < seconds:
        began = perf_counter()
        while (now := spent + perf_counter() - began) < min(look, seconds):
            network.train_on_batch(*next(batches))
            steps += 1
        spent = now
        known = figure(recipe, answers(network, held_out, side), truth)
        curve.append({"seconds": round(spent, 1), **known})
        look = max(look * 1.25, spent + seconds / LOOKS / 4)
        if next(iter(known.values())) >= goal:
            break
    answers(network, held_out[:256], side)
    began = perf_counter()
    answers(network, held_out, side)
    predicted = len(held_out) / (perf_counter() - began)
    print(
        json.dumps(
            {
                "keras": keras.__version__,
                "tensorflow": tf.__version__,
                "parameters": network.count_params(),
                "curve": curve,
                "train images/s": round(steps * BATCH / spent),
                "predict images/s": round(predicted),
                "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("data")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--goal", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    main(given.recipe, given.data, given.seconds, given.goal, given.threads)
