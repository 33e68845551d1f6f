// What is said in words: answers beside the picture, and the card of the model.

const LIMIT = card.info.input === "ink" ? 1.1 : 1; // of novelty, as triptych judges

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "color") made.style.setProperty("--color", value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

const percent = (share) => (share && share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(share > 0.995 || share < 0.095 ? 1 : 0)} %`);
const round = (number) => String(Math.round(10 * number) / 10);
const swatch = (color) => element("span", { class: "swatch", color });

function classShares(answers, name, head) {
  const shares = Array.from(answers[`${name}.probabilities`].data);
  const ranked = shares.map((share, number) => ({ share, name: head.classes[number] }));
  return ranked.sort((one, other) => other.share - one.share).slice(0, 3);
}

function mapShares(answers, name, head) {
  const counts = new Array(head.classes.length).fill(0);
  for (const number of answers[name].data) counts[Number(number)]++;
  const total = answers[name].data.length;
  return counts.map((count, number) => ({ number, share: count / total, name: head.classes[number] })).filter((one) => one.number && one.share);
}

function counted(objects) {
  const counts = new Map();
  for (const one of objects) counts.set(one.number, { ...one, count: (counts.get(one.number)?.count ?? 0) + 1 });
  return [...counts.values()].sort((one, other) => other.count - one.count);
}

// Each gives a line for everybody, and what stands below it.
const SAY = {
  classes(answers, name, head) {
    const ranked = classShares(answers, name, head);
    const bars = element("div", { class: "bars", color: rgb(head.color) });
    for (const { name: title, share } of ranked) {
      const bar = element("b");
      bar.style.width = `${100 * share}%`;
      bars.append(element("span", {}, title), element("i", {}, bar), element("span", { class: "share" }, percent(share)));
    }
    return { line: ranked[0].name, large: true, more: bars };
  },
  box(answers, name) {
    const [left, top, right, bottom] = answers[name].data;
    return { line: `${round(right - left)} × ${round(bottom - top)} pixels, corner at ${round(left)}, ${round(top)}` };
  },
  circle(answers, name) {
    const [x, y, radius] = answers[name].data;
    return { line: `radius ${round(radius)} pixels, center at ${round(x)}, ${round(y)}` };
  },
  mask(answers, name) {
    const values = answers[name].data;
    return { line: `${percent(values.reduce((sum, value) => sum + (value > 0.5), 0) / values.length)} of the picture` };
  },
  semantic(answers, name, head) {
    const shares = mapShares(answers, name, head);
    const chips = shares.map((one) => element("li", {}, swatch(classColor(one.number)), `${one.name}: ${percent(one.share)}`));
    return { line: shares.length ? "" : "background only", more: element("ul", { class: "chips" }, ...chips) };
  },
  boxes: sayObjects,
  circles: sayObjects,
};

function sayObjects(answers, name, head) {
  const objects = objectsOf(answers, name);
  const chips = counted(objects).map((one) => element("li", {}, swatch(objectColor(head, one.number)), `${one.count} × ${one.name}`));
  return { line: objects.length === 1 ? "1 thing" : `${objects.length} things`, more: element("ul", { class: "chips" }, ...chips) };
}

// `hidden` is changed where a head is switched off, and `redraw` called.
function showAnswers(answers, hidden, redraw) {
  const parts = [];
  if (answers.novelty && answers.novelty.data[0] > LIMIT) {
    parts.push(element("p", { class: "note" }, "This picture is unlike all the network learned from: its answers mean little."));
  }
  const heads = Object.entries(card.heads);
  heads.sort(([, one], [, other]) => (other.kind === "classes") - (one.kind === "classes"));
  for (const [name, head] of heads) {
    const { line, large, more } = SAY[head.kind](answers, name, head);
    const title = element("h2", {}, head.kind === "classes" ? name : switchOf(name, head, hidden, redraw));
    if (head.kind === "classes") title.prepend(swatch(rgb(head.color)));
    parts.push(element("div", { class: "answer", "data-head": name }, title, ...(line ? [element("p", { class: large ? "value large" : "value" }, line)] : []), ...(more ? [more] : [])));
  }
  byId("answers").replaceChildren(...parts);
}

function switchOf(name, head, hidden, redraw) {
  const box = element("input", { type: "checkbox", "aria-label": `Draw ${name}` });
  box.checked = !hidden.has(name);
  box.addEventListener("change", () => {
    if (box.checked) hidden.delete(name);
    else hidden.add(name);
    redraw();
  });
  const several = ["semantic", "boxes", "circles"].includes(head.kind) && head.classes.length > 1;
  return element("label", {}, ...(several ? [] : [swatch(rgb(head.color))]), name, box);
}

function showCard() {
  const { info } = card;
  const names = Object.keys(card.heads);
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
  byId("lead").textContent = `A network that answers about pictures: ${list}. It runs on this page: no picture leaves this device.`;
  const rows = [
    ["Learned from", info.dataset],
    ["Sees", `${info.width} × ${info.height} pixels, ${info.channels === 1 ? "grey" : "in color"}${info.input === "ink" ? ", one character" : ""}`],
    ...Object.entries(card.heads).map(([name, head]) => [name, head.classes ? head.classes.filter((one, number) => number || head.kind !== "semantic").join(", ") : HEADS[head.kind]]),
    ...Object.entries(card.checked?.metrics ?? {}).map(([name, value]) => [name, Number(value).toFixed(4)]),
  ];
  if (card.checked) rows.push(["Measured on", `${card.checked.images.toLocaleString("en")} ${card.checked.split} images, in this format`]);
  rows.push(["Computes in", card.precision], ["Run", card.run], ["Made by", `triptych ${card.version}`]);
  byId("card").append(...rows.flatMap(([term, text]) => [element("dt", {}, term), element("dd", {}, text)]));
}

const HEADS = { box: "a box around it", circle: "the smallest circle around it", mask: "its pixels" };
