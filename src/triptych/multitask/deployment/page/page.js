// The page: a picture comes in, is shown, asked about, and drawn upon.

const MOST = 2048; // pixels of a picture's longer side; larger ones are reduced
const FILM = 640; // the same of a camera's frames
const PAD = 280; // side of the sheet to write on
const PEN = 22; // pixels of that sheet
const writes = card.info.input === "ink";
const [picture, overlay, stage] = ["picture", "overlay", "stage"].map(byId);
const paper = picture.getContext("2d", { willReadFrequently: true });
const hidden = new Set();
const model = openModel();
let shown = null; // the answers that are drawn
let turn = 0; // the picture that was asked about last
let film = null; // a camera that runs

function say(text, bad = false) {
  byId("status").textContent = text;
  byId("status").classList.toggle("bad", bad);
}

// Put a picture on the stage: white behind what is transparent, as triptych reads files.
function show(source, width, height, most) {
  const scale = Math.min(1, most / Math.max(width, height));
  picture.width = Math.max(1, Math.round(width * scale));
  picture.height = Math.max(1, Math.round(height * scale));
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, picture.width, picture.height);
  if (source) paper.drawImage(source, 0, 0, picture.width, picture.height);
  picture.hidden = false;
  stage.classList.remove("empty");
  byId("hint").textContent = "";
  fit();
}

// As large as the stage allows; small pictures are enlarged in squares.
function fit() {
  if (picture.hidden) return;
  const room = Math.min(stage.clientWidth / picture.width, (0.7 * innerHeight) / picture.height);
  const scale = Math.min(room, Math.max(1, 448 / Math.max(picture.width, picture.height)));
  picture.classList.toggle("coarse", scale > 2);
  for (const canvas of [picture, overlay]) {
    canvas.style.width = `${picture.width * scale}px`;
    canvas.style.height = `${picture.height * scale}px`;
  }
  overlay.width = Math.round(picture.width * scale * devicePixelRatio);
  overlay.height = Math.round(picture.height * scale * devicePixelRatio);
  redraw();
}

function redraw() {
  if (shown) drawAnswers(overlay, shown, picture, overlay.width / picture.width, hidden);
  else overlay.getContext("2d").clearRect(0, 0, overlay.width, overlay.height);
}

// What the model says of an image, in the image's pixels; null where nothing is written in it.
async function answer(image) {
  const ask = await model;
  if (writes) {
    const { height, width } = card.info;
    const fitted = prepareWriting(image, height, width);
    return fitted && inPicture(await ask(fitted.pixels, height, width, 1), fitted, image);
  }
  const pixels = new Uint8Array(image.width * image.height * 3);
  for (let from = 0, to = 0; to < pixels.length; from++) {
    if (from % 4 < 3) pixels[to++] = image.data[from]; // the fourth is opacity
  }
  return ask(pixels, image.height, image.width, 3);
}

// Answers about a canvas, in pixels of the picture that it was cut out of.
function inPicture(answers, { scale, left, top }, { width, height }) {
  const moved = { ...answers };
  for (const [name, { kind }] of Object.entries(card.heads)) {
    if (!["box", "circle", "mask"].includes(kind)) continue;
    const { data, dims } = answers[name];
    if (kind === "box") moved[name] = { dims, data: data.map((value, i) => (value - (i % 2 ? top : left)) / scale) };
    if (kind === "circle") moved[name] = { dims, data: data.map((value, i) => (i === 2 ? value : value - (i ? top : left)) / scale) };
    if (kind === "mask") moved[name] = { dims: [height, width], data: enlarged(data, dims, { scale, left, top }, width, height) };
  }
  return moved;
}

// A map of the canvas for each pixel of the picture, interpolated; 0 outside.
function enlarged(data, [rows, columns], { scale, left, top }, width, height) {
  const at = (x, y) => (x >= 0 && y >= 0 && x < columns && y < rows ? data[y * columns + x] : 0);
  return Float32Array.from({ length: width * height }, (_, pixel) => {
    const x = ((pixel % width) + 0.5) * scale + left - 0.5;
    const y = (Math.floor(pixel / width) + 0.5) * scale + top - 0.5;
    const [u, v] = [Math.floor(x), Math.floor(y)];
    const [right, down] = [x - u, y - v];
    const upper = at(u, v) * (1 - right) + at(u + 1, v) * right;
    return upper * (1 - down) + (at(u, v + 1) * (1 - right) + at(u + 1, v + 1) * right) * down;
  });
}

async function ask() {
  const mine = ++turn;
  const image = paper.getImageData(0, 0, picture.width, picture.height);
  try {
    await model;
    const start = performance.now();
    const answers = await answer(image);
    if (mine !== turn) return; // another picture came in between
    shown = answers;
    redraw();
    if (!answers) return nothing();
    showAnswers(answers, hidden, redraw);
    say(`Answered in ${Math.round(performance.now() - start)} ms.`);
    document.dispatchEvent(new CustomEvent("answered", { detail: answers }));
    picture.setAttribute("aria-label", `Picture of ${picture.width} × ${picture.height} pixels with the answers drawn on it`);
  } catch (error) {
    say(`The model cannot answer here: ${error.message}`, true);
  }
}

function nothing() {
  byId("answers").replaceChildren();
  say("Nothing written was found.");
}

async function take(file) {
  stopFilm();
  try {
    const source = await createImageBitmap(file);
    shown = null;
    stage.classList.remove("pad");
    show(source, source.width, source.height, MOST);
  } catch {
    return say(`${file.name || "What was given"} is no picture that this browser reads.`, true);
  }
  say("Looking …");
  return ask();
}

async function startFilm() {
  const video = document.createElement("video");
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.playsInline = true;
    await video.play();
  } catch (error) {
    return say(`The camera cannot be used: ${error.message}`, true);
  }
  film = video;
  stage.classList.remove("pad");
  byId("camera").textContent = "Stop the camera";
  while (film === video) {
    show(video, video.videoWidth, video.videoHeight, FILM);
    await ask();
    await new Promise(requestAnimationFrame);
  }
}

function stopFilm() {
  film?.srcObject.getTracks().forEach((track) => track.stop());
  film = null;
  byId("camera").textContent = "Camera";
}

// An empty sheet that a finger, a pen or a mouse writes on.
function openPad() {
  stopFilm();
  turn++;
  shown = null;
  show(null, PAD, PAD, PAD);
  stage.classList.add("pad");
  byId("answers").replaceChildren();
  say("Write a character with a finger, a pen or the mouse.");
}

function write(event) {
  if (!stage.classList.contains("pad") || !(event.buttons & 1)) return;
  const area = picture.getBoundingClientRect();
  const scale = picture.width / area.width;
  const [x, y] = [(event.clientX - area.left) * scale, (event.clientY - area.top) * scale];
  paper.lineCap = "round";
  paper.lineWidth = PEN;
  paper.strokeStyle = "#111";
  if (event.type === "pointerdown") {
    picture.setPointerCapture(event.pointerId);
    paper.beginPath();
    paper.moveTo(x, y);
  }
  paper.lineTo(x, y);
  paper.stroke();
}

function listen() {
  byId("file").addEventListener("change", (event) => {
    if (event.target.files[0]) take(event.target.files[0]);
    event.target.value = ""; // the same file may be chosen again
  });
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (file) take(file);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      stage.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
    });
  }
  for (const name of ["pointerdown", "pointermove"]) picture.addEventListener(name, write);
  picture.addEventListener("pointerup", () => stage.classList.contains("pad") && ask());
  byId("camera").hidden = !navigator.mediaDevices?.getUserMedia;
  byId("camera").addEventListener("click", () => (film ? stopFilm() : startFilm()));
  byId("draw").hidden = !writes;
  byId("draw").addEventListener("click", openPad);
  addEventListener("resize", fit);
}

showCard();
listen();
say("Opening the model …");
byId("hint").textContent = "Drop a picture here, paste one, or choose a file.";
model.then(
  () => {
    if (writes && picture.hidden) openPad();
    else if (picture.hidden) say("Ready.");
    document.documentElement.dataset.ready = "yes";
  },
  (error) => say(`The model cannot be opened in this browser: ${error.message}`, true),
);
globalThis.triptych = { answer, card };
