// The engine within the page, in two workers: one for what is drawn and counted, one for bounds and
// distances, which may take longer. Nothing that runs there hears of a wish to stop, so a worker that
// is busy with what nobody wants any more is ended, and another takes its place.

import { answerInside } from "./engine.js";

const block = (name) => document.getElementById("held-" + name);
const packed = (name) => Uint8Array.from(atob(block(name).textContent.trim()), (c) => c.charCodeAt(0));
const unpacked = (bytes) => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));

// The worker's own script, behind Go's.
const running = `
onmessage = async ({ data: { module, file } }) => {
  const go = new Go();
  const instance = await WebAssembly.instantiate(module, go.importObject);
  go.run(instance);
  relucellOpen(file, (text) => {
    onmessage = ({ data: { question, body } }) => relucellAsk(question, body, (answer) => postMessage(answer));
    postMessage(text);
  });
};`;

class Lane {
  constructor(parts) { this.parts = parts; this.worker = null; this.last = Promise.resolve(); }

  // ask answers one question after the other.
  ask(question, body, signal) {
    const turn = this.last.then(() => this.answer(question, body, signal));
    this.last = turn.catch(() => {});
    return turn;
  }

  async answer(question, body, signal) {
    const gone = () => new DOMException("nobody waits", "AbortError");
    if (signal && signal.aborted) throw gone();
    if (!this.worker) await this.start();
    const limit = 1.5 * (body.milliseconds || 10000) + 2000;
    return new Promise((resolve, reject) => {
      let soon = 0;
      const end = (f) => { clearTimeout(late); clearTimeout(soon); if (signal) signal.removeEventListener("abort", stop); f(); };
      const kill = (e) => { this.worker.terminate(); this.worker = null; end(() => reject(e)); };
      const stop = () => { soon = setTimeout(() => kill(gone()), 400); };
      const late = setTimeout(() => kill(new Error("not done in " + Math.round(limit / 1000) + " s: try a smaller ball or window, or relucell itself")), limit);
      if (signal) signal.addEventListener("abort", stop);
      this.worker.onmessage = ({ data }) => end(() => resolve(JSON.parse(data)));
      this.worker.onerror = (e) => { e.preventDefault(); kill(new Error("the engine has failed: " + e.message)); };
      this.worker.postMessage({ question, body: JSON.stringify(body) });
    });
  }

  async start() {
    const { module, file, script } = await this.parts;
    const worker = new Worker(URL.createObjectURL(new Blob([script + running], { type: "text/javascript" })));
    const opened = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(JSON.parse(data));
      worker.onerror = (e) => { e.preventDefault(); reject(new Error("the engine does not start: " + e.message)); };
      worker.postMessage({ module, file });
    });
    if (opened.error) throw new Error(opened.error);
    this.worker = worker;
  }
}

if (block("wasm")) {
  const parts = (async () => ({
    module: await WebAssembly.compile(await unpacked(packed("wasm")).arrayBuffer()),
    file: await unpacked(packed("file")).text(),
    script: new TextDecoder().decode(packed("go")),
  }))();
  const fast = new Lane(parts), slow = new Lane(parts);
  answerInside((question, body, signal) => (question === "bounds" || question === "distance" ? slow : fast).ask(question, body, signal));
}
