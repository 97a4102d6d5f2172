import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import type { RuntimeClient } from "../../../src/client/runtimeClient";
import { failureOf, faultyClient, never } from "./client";

describe("the bandwidth of memory", () => {
  let client: RuntimeClient;
  beforeEach(() => ({ client } = faultyClient()));
  afterEach(() => client.dispose());

  it("is measured once for a number of threads", async () => {
    const [one, again, two] = await Promise.all([client.bandwidth(1, never), client.bandwidth(1, never), client.bandwidth(2, never)]);
    expect(again).toBe(one);
    expect(two).not.toBe(one);
    expect(await client.bandwidth(1, never)).toBe(one);
  });

  it("is measured on for others when one stops waiting", async () => {
    const source = new CancellationTokenSource();
    const impatient = failureOf(client.bandwidth(1, source.token));
    const patient = client.bandwidth(1, never);
    source.cancel();
    expect((await impatient).code).toBe("cancelled");
    expect(await patient).toBeGreaterThan(0);
    expect((await failureOf(client.bandwidth(1, source.token))).code).toBe("cancelled");
  });

  it("fails for all that wait, and is measured anew for the next", async () => {
    const failures = await Promise.all([failureOf(client.bandwidth(0, never)), failureOf(client.bandwidth(0, never))]);
    expect(failures.map(({ code }) => code)).toEqual(["badArgument", "badArgument"]);
    expect((await failureOf(client.bandwidth(0, never))).code).toBe("badArgument");
  });
});
