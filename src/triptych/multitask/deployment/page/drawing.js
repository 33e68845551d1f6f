// Answers over the picture, each in the color of its head, or of its class where there are several.

const OUTLINE = 2.5; // screen pixels, as are all lines
const FILL = 0.45; // opacity of masks and maps

const rgb = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;
const classColor = (number) => card.palette[(number - 1) % card.palette.length]; // from 1, as in triptych

function bytesOf(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

// `scale`: screen pixels per pixel of the picture; `hidden`: heads that are not to be drawn.
function drawAnswers(canvas, answers, size, scale, hidden) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  const heads = Object.entries(card.heads).filter(([name]) => !hidden.has(name));
  for (const kinds of [["mask", "semantic"], ["box", "circle", "boxes", "circles"]]) {
    for (const [name, head] of heads) {
      if (kinds.includes(head.kind)) DRAW[head.kind](context, answers, name, head, size, scale);
    }
  }
  const named = heads.find(([, head]) => ["boxes", "circles"].includes(head.kind)); // names of one head are enough
  if (named) labelObjects(context, objectsOf(answers, named[0]), named[1], scale);
}

const DRAW = {
  mask(context, answers, name, head, size, scale) {
    const values = answers[name].data;
    paintMap(context, size, scale, (at) => (values[at] > 0.5 ? head.color : null));
  },
  semantic(context, answers, name, head, size, scale) {
    const colors = head.classes.map((_, number) => (number ? bytesOf(classColor(number)) : null));
    const values = answers[name].data;
    paintMap(context, size, scale, (at) => colors[Number(values[at])]);
  },
  box(context, answers, name, head, size, scale) {
    outline(context, rgb(head.color), boxPath(answers[name].data, scale));
  },
  circle(context, answers, name, head, size, scale) {
    outline(context, rgb(head.color), circlePath(answers[name].data, scale));
  },
  boxes(context, answers, name, head, size, scale) {
    drawObjects(context, objectsOf(answers, name), head, scale, boxPath);
  },
  circles(context, answers, name, head, size, scale) {
    drawObjects(context, objectsOf(answers, name), head, scale, circlePath);
  },
};

// The objects of an answer that are sure: {shape, name, number, score}.
function objectsOf(answers, name) {
  const head = card.heads[name];
  const [classes, scores, sure] = ["classes", "scores", "sure"].map((part) => answers[`${name}.${part}`].data);
  const shapes = answers[name];
  const numbers = shapes.dims.at(-1);
  return Array.from(scores, (score, row) => ({
    shape: shapes.data.subarray(row * numbers, (row + 1) * numbers),
    number: Number(classes[row]),
    name: head.classes[Number(classes[row])],
    score,
  })).filter((_, row) => sure[row]);
}

function objectColor(head, number) {
  return head.classes.length > 1 ? classColor(number + 1) : rgb(head.color);
}

function drawObjects(context, objects, head, scale, path) {
  for (const one of objects) outline(context, objectColor(head, one.number), path(one.shape, scale));
}

function labelObjects(context, objects, head, scale) {
  if (head.classes.length < 2) return;
  for (const one of objects.toReversed()) { // the surest last, so that it is read
    const [x, y, radius] = one.shape;
    const [left, top] = head.kind === "boxes" ? [x, y] : [x - radius, y - radius];
    label(context, one.name, objectColor(head, one.number), left * scale, top * scale);
  }
}

function boxPath([left, top, right, bottom], scale) {
  const path = new Path2D();
  path.rect(left * scale, top * scale, (right - left) * scale, (bottom - top) * scale);
  return path;
}

function circlePath([x, y, radius], scale) {
  const path = new Path2D();
  path.arc(x * scale, y * scale, Math.max(0, radius) * scale, 0, 2 * Math.PI);
  return path;
}

// A line that is seen on dark and on light.
function outline(context, color, path) {
  const ratio = devicePixelRatio;
  context.strokeStyle = "rgb(0 0 0 / 55%)";
  context.lineWidth = (OUTLINE + 2) * ratio;
  context.stroke(path);
  context.strokeStyle = color;
  context.lineWidth = OUTLINE * ratio;
  context.stroke(path);
}

function label(context, text, color, x, y) {
  const ratio = devicePixelRatio;
  context.font = `600 ${12 * ratio}px system-ui, "DejaVu Sans", sans-serif`;
  const [width, height] = [context.measureText(text).width + 8 * ratio, 18 * ratio];
  const left = Math.max(0, Math.min(x, context.canvas.width - width));
  const top = y >= height ? y - height : y;
  context.fillStyle = color;
  context.fillRect(left, top, width, height);
  context.fillStyle = darkOn(color) ? "#22262b" : "#fff";
  context.fillText(text, left + 4 * ratio, top + 13 * ratio);
}

// Whether dark text is read better than white on a color, by its luminance (ITU-R BT.709).
function darkOn(color) {
  const [red, green, blue] = (color.startsWith("#") ? bytesOf(color) : color.match(/\d+/g)).map((one) => (one / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue >= 0.3;
}

function paintMap(context, { width, height }, scale, colorAt) {
  const map = new ImageData(width, height);
  for (let at = 0; at < width * height; at++) {
    const color = colorAt(at);
    if (color) map.data.set([...color, 255], 4 * at);
  }
  const sheet = new OffscreenCanvas(width, height);
  sheet.getContext("2d").putImageData(map, 0, 0);
  context.save();
  context.globalAlpha = FILL;
  context.imageSmoothingEnabled = false;
  context.drawImage(sheet, 0, 0, width * scale, height * scale);
  context.restore();
}
