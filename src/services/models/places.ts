import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { ModelSource } from "../../protocol/model";

/** What decides where programs keep their models; tests give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** Folders of each source, whether they exist or not. */
export type Places = Readonly<Record<ModelSource, readonly string[]>>;

export function surroundings(): Surroundings {
  return { env: process.env, home: homedir(), platform: process.platform };
}

/**
 * Where Ollama, the Hugging Face cache, LM Studio and llama.cpp keep models. Sources: Ollama's FAQ (OLLAMA_MODELS, the
 * service's own home on Linux), huggingface_hub's environment variables, LM Studio's folders before and since 0.3,
 * llama.cpp's common.cpp (fs_get_cache_directory) and hf-cache.cpp.
 */
export function modelPlaces({ env, home, platform }: Surroundings): Places {
  const folder = (name: string): string | undefined => {
    const value = env[name]?.trim().replace(/^~(?=[\\/]|$)/, home);
    return value && isAbsolute(value) ? value : undefined;
  };
  const below = (parent: string | undefined, ...names: string[]): string | undefined => parent && join(parent, ...names);
  const cache = folder("XDG_CACHE_HOME") ?? join(home, ".cache");
  const hub = folder("HF_HUB_CACHE") ?? folder("HUGGINGFACE_HUB_CACHE") ?? below(folder("HF_HOME"), "hub") ?? join(cache, "huggingface", "hub");
  const llamaCaches: Partial<Record<NodeJS.Platform, string>> = { darwin: join(home, "Library", "Caches"), win32: folder("LOCALAPPDATA") ?? join(home, "AppData", "Local") };
  return {
    ollama: folder("OLLAMA_MODELS") !== undefined
      ? [folder("OLLAMA_MODELS")!]
      : [join(home, ".ollama", "models"), ...(platform === "linux" ? ["/usr/share/ollama/.ollama/models"] : [])],
    huggingFace: [hub],
    lmStudio: [join(home, ".lmstudio", "models"), join(home, ".cache", "lm-studio", "models")],
    llamaCpp: [folder("LLAMA_CACHE") ?? join(llamaCaches[platform] ?? cache, "llama.cpp")],
  };
}
