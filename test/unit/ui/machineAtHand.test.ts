import { totalmem } from "node:os";
import { expect, it } from "vitest";
import { Emitter } from "../../../src/core/emitter";
import type { Machine } from "../../../src/protocol/model";
import type { Runtime, RuntimeState } from "../../../src/services/ports";
import { MachineAtHand } from "../../../src/ui/models/machineAtHand";

const told: Machine = { totalMemory: 1, freeMemory: 1, totalVideoMemory: 8 * 1024 ** 3, freeVideoMemory: 1, gpuName: "GPU", cores: 4 };
const log = { info: () => undefined, error: () => undefined };

function runtimeThat(machine: () => Promise<Machine>) {
  const state = new Emitter<RuntimeState>();
  let asked = 0;
  const runtime = { onDidChangeState: state.event, machine: () => (asked++, machine()) } as Pick<Runtime, "onDidChangeState" | "machine"> as Runtime;
  return { runtime, state, asked: () => asked };
}

it("does not start native code to know the machine: until it runs, RAM is what the system tells", async () => {
  const { runtime, state, asked } = runtimeThat(() => Promise.resolve(told));
  const machine = new MachineAtHand(runtime, log);
  expect(machine.current).toMatchObject({ totalMemory: totalmem(), totalVideoMemory: 0 });
  state.fire({ kind: "starting" });
  expect(asked()).toBe(0);

  const changed = new Promise<Machine>((resolve) => machine.onDidChange(resolve));
  state.fire({ kind: "running", pid: 1 });
  expect(await changed).toBe(told);
  expect(machine.current).toBe(told);
  state.fire({ kind: "running", pid: 2 });
  expect(asked()).toBe(1);
});

it("asks again when the runtime did not answer", async () => {
  let fails = true;
  const { runtime, state } = runtimeThat(() => (fails ? Promise.reject(new Error("gone")) : Promise.resolve(told)));
  const machine = new MachineAtHand(runtime, log);
  state.fire({ kind: "running", pid: 1 });
  await new Promise((resolve) => setTimeout(resolve));
  fails = false;
  const changed = new Promise<Machine>((resolve) => machine.onDidChange(resolve));
  state.fire({ kind: "running", pid: 2 });
  expect(await changed).toBe(told);
});
