// One character of a picture as networks of digits know it: white on black, 20 of 28 pixels, its
// center of mass in the middle (LeCun et al. 1998). Lines, several characters and sheets of paper
// are what triptych itself looks for.

const INNER = 20 / 28; // of the side: the longer side of the character
const THIN = 2.2 / 28; // of the side: thinner strokes are broadened
const FAINT = 40; // of 255: less contrast is no ink
const DARK = 30; // of 255: the border of what is prepared already

function greyOf(image) {
  const grey = new Float32Array(image.width * image.height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = 0.299 * image.data[4 * i] + 0.587 * image.data[4 * i + 1] + 0.114 * image.data[4 * i + 2];
  }
  return grey;
}

function borderOf(grey, width, height) {
  const edge = [];
  for (let x = 0; x < width; x++) edge.push(grey[x], grey[(height - 1) * width + x]);
  for (let y = 0; y < height; y++) edge.push(grey[y * width], grey[(y + 1) * width - 1]);
  return edge.sort((one, other) => one - other);
}

// The canvas of a character, and where the picture lies in it; null where nothing is written.
function prepareWriting(image, rows, columns) {
  const { width, height } = image;
  const grey = greyOf(image);
  const edge = borderOf(grey, width, height);
  if (width === columns && height === rows && edge.at(-1) <= DARK) {
    return { pixels: Uint8Array.from(grey, Math.round), scale: 1, left: 0, top: 0 };
  }
  const ground = edge[edge.length >> 1];
  const sign = ground > 127 ? -1 : 1;
  const ink = grey.map((value) => Math.max(0, sign * (value - ground)));
  const strongest = ink.reduce((one, other) => Math.max(one, other), 0);
  if (strongest < FAINT) return null;
  const mask = largeParts(ink.map((value) => (value > strongest / 2 ? 1 : 0)), width, height);
  const box = boundsOf(mask, width, height);
  const side = Math.min(rows, columns);
  const scale = (INNER * side) / Math.max(box.width, box.height);
  const reach = Math.max(2, Math.round(1.5 / scale)); // strokes fade beyond the mask
  const strokes = cut(ink, mask, box, reach, width, height);
  const grown = Math.max(0, Math.round(((THIN * side) / scale - strokeWidth(mask, width)) / 2));
  const broad = dilated(strokes, grown);
  const full = percentile(strokes.values.filter((_, i) => strokes.inside[i]), 0.97);
  broad.values = broad.values.map((value) => Math.min(1, value / Math.max(full, 1e-3)));
  const shown = shrunk(broad, scale);
  return placed(shown, rows, columns, box.left - reach, box.top - reach, shown.width / broad.width);
}

// The mask without specks of dust: parts of at least a twentieth of the largest.
function largeParts(mask, width, height) {
  const part = new Int32Array(mask.length);
  const sizes = [0];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || part[start]) continue;
    const stack = [start];
    part[start] = sizes.length;
    let size = 0;
    while (stack.length) {
      const at = stack.pop();
      const [x, y] = [at % width, Math.floor(at / width)];
      size++;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const next = v * width + u;
          if (mask[next] && !part[next]) {
            part[next] = sizes.length;
            stack.push(next);
          }
        }
      }
    }
    sizes.push(size);
  }
  const least = Math.max(...sizes) / 20;
  return part.map((number) => (number && sizes[number] >= least ? 1 : 0));
}

function boundsOf(mask, width, height) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  mask.forEach((inside, at) => {
    if (!inside) return;
    const [x, y] = [at % width, Math.floor(at / width)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
  });
  return { left, top, width: right - left, height: bottom - top };
}

// The ink within the box and a margin around it, of what belongs to the mask or is near it.
function cut(ink, mask, box, reach, width, height) {
  const [across, down] = [box.width + 2 * reach, box.height + 2 * reach];
  const inside = new Uint8Array(across * down);
  const values = new Float32Array(across * down);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const [u, v] = [x + box.left - reach, y + box.top - reach];
      if (u < 0 || v < 0 || u >= width || v >= height) continue;
      inside[y * across + x] = mask[v * width + u];
      values[y * across + x] = ink[v * width + u];
    }
  }
  const near = dilated({ values: Float32Array.from(inside), width: across, height: down }, reach).values;
  return { values: values.map((value, i) => value * near[i]), inside, width: across, height: down };
}

// About how broad strokes are: their area by the half of their outline.
function strokeWidth(mask, width) {
  let [area, outline] = [0, 0];
  mask.forEach((inside, at) => {
    if (!inside) return;
    area++;
    for (const next of [at - 1, at + 1, at - width, at + width]) outline += mask[next] ? 0 : 1;
  });
  return outline ? (2 * area) / outline : 0;
}

// The largest value within so many pixels, along rows and then along columns.
function dilated({ values, width, height }, radius) {
  const along = (from, count, lines, step, stride) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let at = 0; at < count; at++) {
        let most = 0;
        const last = Math.min(count - 1, at + radius);
        for (let near = Math.max(0, at - radius); near <= last; near++) {
          most = Math.max(most, from[line * stride + near * step]);
        }
        to[line * stride + at * step] = most;
      }
    }
    return to;
  };
  if (!radius) return { values, width, height };
  const rows = along(values, width, height, 1, width);
  return { values: along(rows, height, width, width, 1), width, height };
}

function percentile(values, share) {
  const ranked = Array.from(values).sort((one, other) => one - other);
  return ranked[Math.floor(share * (ranked.length - 1))] ?? 0;
}

// Resized by averaging over areas.
function shrunk({ values, width, height }, scale) {
  const [across, down] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const to = new Float32Array(across * down);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      to[y * across + x] = areaMean(values, width, [x * width / across, (x + 1) * width / across], [y * height / down, (y + 1) * height / down]);
    }
  }
  return { values: to, width: across, height: down };
}

function areaMean(values, width, [x0, x1], [y0, y1]) {
  let [sum, weight] = [0, 0];
  for (let v = Math.floor(y0); v < Math.ceil(y1 - 1e-9); v++) {
    for (let u = Math.floor(x0); u < Math.ceil(x1 - 1e-9); u++) {
      const part = (Math.min(u + 1, x1) - Math.max(u, x0)) * (Math.min(v + 1, y1) - Math.max(v, y0));
      sum += part * values[v * width + u];
      weight += part;
    }
  }
  return weight ? sum / weight : 0;
}

function placed({ values, width, height }, rows, columns, cornerX, cornerY, scale) {
  let [mass, x, y] = [1e-6, 0, 0];
  values.forEach((value, at) => {
    mass += value;
    x += value * ((at % width) + 0.5);
    y += value * (Math.floor(at / width) + 0.5);
  });
  const [left, top] = [Math.round(columns / 2 - x / mass), Math.round(rows / 2 - y / mass)];
  const pixels = new Uint8Array(rows * columns);
  values.forEach((value, at) => {
    const [u, v] = [left + (at % width), top + Math.floor(at / width)];
    if (u >= 0 && v >= 0 && u < columns && v < rows) pixels[v * columns + u] = Math.round(255 * value);
  });
  return { pixels, scale, left: left - cornerX * scale, top: top - cornerY * scale };
}
