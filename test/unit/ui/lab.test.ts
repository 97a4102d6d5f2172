import { expect, it } from "vitest";
import { Emitter } from "../../../src/core/emitter";
import { Lab, type LabGround } from "../../../src/ui/lab/lab";
import { aModel, ScriptedRunner, settled } from "../services/lab/labFixtures";

it("models that cannot be looked for again are noted, and the lab stays as it is", async () => {
  const found = new Emitter<void>();
  const noted: string[] = [];
  const model = aModel("/m/pocket-F16.gguf");
  let isReadable = true;
  const parts = {
    runner: new ScriptedRunner(), content: async (path: string) => path, machine: () => undefined,
    models: async () => (isReadable ? [model] : Promise.reject(new Error("no disk"))),
  };
  const lab = new Lab({
    parts: () => parts, texts: { current: async () => () => ({ name: "t", kind: "document", text: "t" }) }, memory: { get: () => undefined, update: async () => undefined },
    onDidChangeModels: found.event, didMake: () => undefined, log: { error: (message: string) => void noted.push(message) },
  } as unknown as LabGround);
  const state = await lab.get();
  isReadable = false;
  found.fire();
  await settled();
  expect(noted).toEqual(["The lab could not look for models again"]);
  expect(state.snapshot.models).toEqual([model]);
  lab.dispose();
});
