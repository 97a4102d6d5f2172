import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { RuntimeClient } from "../../../src/client/runtimeClient";
import { all, failureOf, faultyClient, isAlive, model, never } from "./client";

describe("findings in a process of their own", () => {
  let client: RuntimeClient;
  beforeEach(() => ({ client } = faultyClient()));
  afterEach(() => client.dispose());

  it("come for each text in order, from the model on the CPU", async () => {
    const [one, two, ...rest] = await client.findings({ path: "b.gguf", texts: ["one", "three"], threads: 1 }, never);
    expect(rest).toEqual([]);
    expect(one).toMatchObject([{ category: "b.gguf on 0 layers", end: "one".length }]);
    expect(two).toMatchObject([{ category: "b.gguf on 0 layers", end: "three".length }]);
  });

  it("leave the loaded model alone, and end with their process", async () => {
    await client.load(model("a.gguf"), never);
    const found = await client.findings({ path: "b.gguf", texts: ["text"], threads: 1 }, never);
    const pid = found[0]?.[0]?.start ?? 0;
    expect(client.state).not.toEqual({ kind: "running", pid });
    expect(isAlive(pid)).toBe(false);
    expect(client.loaded?.path).toBe("a.gguf");
    const spotted = (await all(client.spot({ text: "text" }, never))).at(-1);
    expect(spotted).toMatchObject({ result: { findings: [{ category: "a.gguf on undefined layers" }] } });
  });

  it("say why a model cannot be read", async () => {
    expect(await failureOf(client.findings({ path: "refuse", texts: [], threads: 1 }, never))).toMatchObject({ code: "notGguf" });
    const crash = await failureOf(client.findings({ path: "b.gguf", texts: ["crash"], threads: 1 }, never));
    expect(crash.message).toContain("while reading the document");
  });

  it("are cancelled at once, even in a native call", async () => {
    const source = new CancellationTokenSource();
    const failed = failureOf(client.findings({ path: "b.gguf", texts: ["one", "hang"], threads: 1 }, source.token));
    setTimeout(() => source.cancel(), 300);
    expect((await failed).code).toBe("cancelled");
  });
});
