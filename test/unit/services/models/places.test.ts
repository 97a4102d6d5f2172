import { describe, expect, it } from "vitest";
import { modelPlaces } from "../../../../src/services/models/places";

const places = (env: Record<string, string>, platform: NodeJS.Platform = "linux") => modelPlaces({ env, home: "/home/me", platform });

describe("places of other programs' models", () => {
  it("are the usual ones without variables", () => {
    expect(places({})).toEqual({
      ollama: ["/home/me/.ollama/models", "/usr/share/ollama/.ollama/models"],
      huggingFace: ["/home/me/.cache/huggingface/hub"],
      lmStudio: ["/home/me/.lmstudio/models", "/home/me/.cache/lm-studio/models"],
      llamaCpp: ["/home/me/.cache/llama.cpp"],
    });
    expect(places({}, "darwin").llamaCpp).toEqual(["/home/me/Library/Caches/llama.cpp"]);
    expect(places({}, "darwin").ollama).toEqual(["/home/me/.ollama/models"]);
  });

  it("follow the programs' variables, the nearer before the farther", () => {
    expect(places({ OLLAMA_MODELS: "/big/ollama" }).ollama).toEqual(["/big/ollama"]);
    expect(places({ LLAMA_CACHE: "~/llama" }).llamaCpp).toEqual(["/home/me/llama"]);
    expect(places({ XDG_CACHE_HOME: "/c" })).toMatchObject({ huggingFace: ["/c/huggingface/hub"], llamaCpp: ["/c/llama.cpp"] });
    expect(places({ XDG_CACHE_HOME: "/c", HF_HOME: "/hf" }).huggingFace).toEqual(["/hf/hub"]);
    expect(places({ HF_HOME: "/hf", HF_HUB_CACHE: "/hub" }).huggingFace).toEqual(["/hub"]);
  });

  it("ignore variables that name no absolute folder", () => {
    expect(places({ OLLAMA_MODELS: "models", HF_HOME: " ", LLAMA_CACHE: "~root/x" })).toEqual(places({}));
  });
});
