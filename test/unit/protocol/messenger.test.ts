import { describe, expect, it } from "vitest";
import { HumanError } from "../../../src/protocol/humanError";
import { type Port, Requester, Responder } from "../../../src/protocol/messenger";

interface Questions {
  ready(): string;
  double(args: { readonly value: number }): number;
  fail(): void;
}
type News = { readonly kind: "news"; readonly text: string };

/** Two ports joined as a webview and its host are: what is posted is copied and arrives later. */
function joined(): [Port, Port] {
  const listeners: [Set<(message: unknown) => void>, Set<(message: unknown) => void>] = [new Set(), new Set()];
  const port = (mine: 0 | 1, other: 0 | 1): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => listeners[other].forEach((listener) => listener(copy)));
    },
    onMessage: (listener) => {
      listeners[mine].add(listener);
      return () => listeners[mine].delete(listener);
    },
  });
  return [port(0, 1), port(1, 0)];
}

function conversation(): { webview: Requester<Questions, News>; host: Responder<Questions, News>; heard: News[]; ports: [Port, Port] } {
  const ports = joined();
  const heard: News[] = [];
  const host = new Responder<Questions, News>(ports[1], {
    ready: () => "snapshot",
    double: async ({ value }) => value * 2,
    fail: () => {
      throw new HumanError("diskFull", "The disk is full.");
    },
  });
  const webview = new Requester<Questions, News>(ports[0], (event) => heard.push(event));
  return { webview, host, heard, ports };
}

describe("a messenger", () => {
  it("answers requests with and without arguments", async () => {
    const { webview } = conversation();
    expect(await Promise.all([webview.request("ready"), webview.request("double", { value: 21 })])).toEqual(["snapshot", 42]);
  });

  it("carries a failure's sentence to the side that asked", async () => {
    const { webview } = conversation();
    await expect(webview.request("fail")).rejects.toThrow(new HumanError("failed", "The disk is full."));
  });

  it("refuses requests that it does not know, inherited names included", async () => {
    const { webview } = conversation();
    await expect(webview.request("toString" as "ready")).rejects.toThrow(/Unknown request/);
  });

  it("tells events", async () => {
    const { host, heard } = conversation();
    host.tell({ kind: "news", text: "hello" });
    await Promise.resolve();
    expect(heard).toEqual([{ kind: "news", text: "hello" }]);
  });

  it("ignores messages that are not its own", async () => {
    const { webview, ports } = conversation();
    for (const stray of [null, 7, "text", {}, { reply: 99, ok: 1 }]) ports[1].post(stray);
    expect(await webview.request("ready")).toBe("snapshot");
  });

  it("ends what is pending when it is disposed", async () => {
    const { webview } = conversation();
    const pending = webview.request("ready");
    webview.dispose();
    await expect(pending).rejects.toThrow("Cancelled.");
  });
});
