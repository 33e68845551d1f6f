// What the page carries: the card, and packed files that are opened once.

const card = JSON.parse(document.getElementById("facts").textContent);
const byId = (name) => document.getElementById(name);

async function unpack(name) {
  const element = byId(name);
  const letters = atob(element.textContent);
  element.remove(); // the text is large, and not needed again
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function openModel() {
  const script = new Blob([await unpack("runtime")], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  const runtime = await import(address);
  URL.revokeObjectURL(address);
  runtime.env.wasm.numThreads = 1; // several need headers that a file does not have
  runtime.env.wasm.wasmBinary = (await unpack("wasm")).buffer;
  runtime.env.logLevel = "error";
  const session = await runtime.InferenceSession.create(await unpack("model"), { executionProviders: ["wasm"] });
  // answers by the names of the outputs, of one image: {data, dims} each, without the batch's axis
  return async (bytes, height, width, channels) => {
    const images = new runtime.Tensor("uint8", bytes, [1, height, width, channels]);
    const said = await session.run({ images });
    const answers = {};
    for (const [name, tensor] of Object.entries(said)) {
      answers[name] = { data: tensor.data, dims: tensor.dims.slice(1) };
    }
    return answers;
  };
}
