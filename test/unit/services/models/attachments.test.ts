import { afterEach, beforeEach, expect, it } from "vitest";
import { ggufBytes } from "../../ggufBytes";
import { ModelFolder, tinyAdapter, tinyLlama, tinyProjector } from "./modelFolder";

let folder: ModelFolder;
beforeEach(async () => {
  folder = await ModelFolder.make();
});
afterEach(() => folder.remove());

async function attached(): Promise<Record<string, readonly string[]>> {
  const models = await folder.library([], ["models"]).models();
  return Object.fromEntries(models.map(({ path, attachments = [] }) => [path.slice(folder.path("models/").length), attachments.map((file) => file.slice(folder.path("models/").length))]));
}

it("a projector belongs to the models beside it, and never is a model", async () => {
  await folder.put("models/a/Seeing-F32.gguf", tinyLlama());
  await folder.put("models/a/mmproj-F16.gguf", tinyProjector());
  await folder.put("models/b/Blind-F32.gguf", tinyLlama());
  expect(await attached()).toEqual({ "a/Seeing-F32.gguf": ["a/mmproj-F16.gguf"], "b/Blind-F32.gguf": [] });
});

it("a projector in a folder of several families belongs to that of its name", async () => {
  await folder.put("models/Seeing-4b-F32.gguf", tinyLlama());
  await folder.put("models/Blind-F32.gguf", tinyLlama());
  await folder.put("models/mmproj-seeing-4b-F16.gguf", tinyProjector());
  await folder.put("models/mmproj-unknown.gguf", tinyProjector());
  expect(await attached()).toEqual({ "Seeing-4b-F32.gguf": ["mmproj-seeing-4b-F16.gguf"], "Blind-F32.gguf": [] });
  const families = await folder.library([], ["models"]).families();
  expect(families.map(({ name, files }) => [name, files[0]?.role])).toEqual([["Blind", undefined], ["mmproj-unknown", "projector"], ["Seeing-4b", undefined]]);
});

it("an adapter belongs to the base that it names, wherever that lies", async () => {
  await folder.put("models/bases/Tiny-Llama-1B-F32.gguf", tinyLlama());
  await folder.put("models/bases/Tiny-Llama-1B-Q8_0.gguf", tinyLlama({ "general.file_type": 7 }));
  await folder.put("models/bases/Other-F32.gguf", tinyLlama());
  await folder.put("models/bases/Tiny-Llama-1B-gemma.gguf", tinyLlama({ "general.architecture": "gemma" }));
  await folder.put("models/lora/legal.gguf", tinyAdapter({ "general.base_model.count": 1, "general.base_model.0.name": "Tiny Llama 1B" }));
  expect(await attached()).toEqual({
    "bases/Tiny-Llama-1B-F32.gguf": ["lora/legal.gguf"], "bases/Tiny-Llama-1B-Q8_0.gguf": ["lora/legal.gguf"], "bases/Other-F32.gguf": [], "bases/Tiny-Llama-1B-gemma.gguf": [],
  });
});

it("an adapter that names no base belongs to the model of its name, or to the only family beside it", async () => {
  await folder.put("models/Tiny-F32.gguf", tinyLlama());
  await folder.put("models/Other-F32.gguf", tinyLlama());
  await folder.put("models/lora/tiny-legal-lora-F16.gguf", tinyAdapter());
  await folder.put("models/alone/Base-F32.gguf", tinyLlama());
  await folder.put("models/alone/style.gguf", tinyAdapter());
  expect(await attached()).toEqual({ "Tiny-F32.gguf": ["lora/tiny-legal-lora-F16.gguf"], "Other-F32.gguf": [], "alone/Base-F32.gguf": ["alone/style.gguf"] });
});

it("importance matrices are no models, by name or by metadata", async () => {
  await folder.put("models/a.imatrix.gguf", tinyLlama());
  await folder.put("models/b.gguf", ggufBytes({ "general.type": "imatrix" }, [{ name: "x.in_sum2", shape: [32] }]));
  const library = folder.library([], ["models"]);
  expect(await library.files()).toEqual([]);
  expect(await library.describe(folder.path("models/b.gguf"))).toMatchObject({ problem: "This is an importance matrix, not a model." });
});
