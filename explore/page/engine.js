// Who answers: the server that this page comes from, or, in a page from a file, the engine that it
// holds. And how to ask while something is dragged: one question at a time, the newest wish next.

let inside = null;

// answerInside has questions answered by a function (question, body, signal) and not by a server.
export function answerInside(f) { inside = f; }

export async function ask(question, body, signal) {
  const a = inside ? await inside(question, body, signal) : await overHTTP(question, body, signal);
  if (a.error) throw new Error(a.error);
  return a;
}

async function overHTTP(question, body, signal) {
  let r;
  try {
    r = await fetch("ask/" + question, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal });
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Error("no answer: is relucell explore still running?");
  }
  try {
    return await r.json();
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Error("no answer but: " + r.status + " " + r.statusText);
  }
}

// Live asks one kind of question about what changes all the time. A question that has a short time
// is waited for, or a drag would never see an answer; a settled one is cancelled by the next wish.
// Between two that are not settled there is a pause, in milliseconds, so that all do not crowd out
// the drawing.
export class Live {
  constructor(question, pause, got, failed) {
    this.question = question; this.pause = pause; this.got = got; this.failed = failed;
    this.flight = null; this.wish = null; this.later = 0;
  }

  want(body, settled) {
    this.wish = { body, settled };
    if (this.flight) { if (this.flight.settled) this.flight.stop.abort(); }
    else if (settled || !this.later) this.go();
  }

  cancel() {
    this.wish = null;
    if (this.flight) this.flight.stop.abort();
  }

  async go() {
    const { body, settled } = this.wish, flight = { settled, stop: new AbortController() };
    this.wish = null; this.flight = flight;
    clearTimeout(this.later);
    this.later = this.pause ? setTimeout(() => { this.later = 0; if (this.wish && !this.flight) this.go(); }, this.pause) : 0;
    try {
      const a = await ask(this.question, body, flight.stop.signal);
      if (!flight.stop.signal.aborted) this.got(a, body, settled && !this.wish);
    } catch (e) {
      if (e.name !== "AbortError") this.failed(e, body);
    }
    this.flight = null;
    if (this.wish && (this.wish.settled || !this.later)) this.go();
  }
}
