import { join } from "node:path";
import { expect, it } from "vitest";
import { watchedPlaces } from "../../../src/ui/models/watchedPlaces";

it("watches the person's folders, and those of the programs that are asked for", () => {
  const places = { ollama: ["/o"], huggingFace: ["/h"], lmStudio: ["/l1", "/l2"], llamaCpp: ["/c"] };
  expect(watchedPlaces(["/own"], ["ollama", "lmStudio"], places)).toEqual([
    { folder: "/own", pattern: "**/*.gguf" },
    { folder: join("/o", "manifests"), pattern: "**" },
    { folder: "/l1", pattern: "**/*.gguf" },
    { folder: "/l2", pattern: "**/*.gguf" },
  ]);
  expect(watchedPlaces([], [], places)).toEqual([]);
});
