import { existsSync, readFileSync, readdirSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { llamaRelease } from "../../core/llamaRelease";
import { HumanError, sentenceOf } from "../../protocol/humanError";

/** The llama.cpp libraries that a platform package of node-llama-cpp carries, by full path. */
export interface LibraryFiles {
  /** Also where the loadable CPU and GPU backends lie. */
  readonly folder: string;
  readonly llama: string;
  readonly ggml: string;
  readonly ggmlBase: string;
}

export interface Host {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** Package names after `@node-llama-cpp/` for a host, the CPU build first: measuring and quantizing run on the CPU. */
function packagesFor({ platform, arch }: Host): readonly string[] {
  switch (platform) {
    case "darwin":
      return arch === "arm64" ? ["mac-arm64-metal"] : ["mac-x64"];
    case "win32":
      return arch === "arm64" ? ["win-arm64"] : ["win-x64", "win-x64-vulkan"];
    case "linux":
      if (arch === "x64") return ["linux-x64", "linux-x64-vulkan"];
      return arch === "arm" ? ["linux-armv7l"] : [`linux-${arch}`];
    default:
      return [];
  }
}

/** Folders where Node would look for the platform packages: from here, and from where node-llama-cpp really lies. */
export function moduleFolders(from = __filename): readonly string[] {
  const lookup = (start: string, name: string): readonly string[] => createRequire(start).resolve.paths(name) ?? [];
  const near = lookup(from, "node-llama-cpp");
  const installed = near.map((folder) => join(folder, "node-llama-cpp", "package.json")).find((file) => existsSync(file));
  return installed ? [...lookup(realpathSync(installed), "@node-llama-cpp"), ...near] : near;
}

/**
 * Finds the native library of this machine and checks its release.
 * Throws HumanError "unsupported" where there is none, or one of another release.
 */
export function detectNativeLibrary(host: Host = process, folders: readonly string[] = moduleFolders()): LibraryFiles {
  const names = packagesFor(host);
  for (const name of names) {
    for (const modules of folders) {
      const folder = join(modules, "@node-llama-cpp", name, "bins", name);
      if (existsSync(join(folder, "_nlcBuildMetadata.json"))) return libraryIn(folder);
    }
  }
  throw new HumanError("unsupported", `This copy of Decant has no native library for ${host.platform}-${host.arch}: install the one made for this platform.`);
}

function libraryIn(folder: string): LibraryFiles {
  const release = releaseOf(folder);
  if (release !== llamaRelease) {
    throw new HumanError("unsupported", `The native library is llama.cpp ${release}, but Decant works with ${llamaRelease}: install Decant again.`);
  }
  const files = readdirSync(folder);
  // libllama.v0.4.0.so, libllama.metal.v0.4.0.dylib, llama.v0.4.0.dll, libggml-base.so
  const find = (stem: string): string => {
    const pattern = new RegExp(`^(?:lib)?${stem}(?:(?:\\.[a-z]+)?\\.v[\\d.]+)?\\.(?:so|dylib|dll)$`);
    const file = files.find((name) => pattern.test(name));
    if (!file) throw new HumanError("unsupported", `The native library in ${folder} is incomplete (no ${stem}): install Decant again.`);
    return join(folder, file);
  };
  return { folder, llama: find("llama"), ggml: find("ggml"), ggmlBase: find("ggml-base") };
}

function releaseOf(folder: string): string {
  try {
    const metadata = JSON.parse(readFileSync(join(folder, "_nlcBuildMetadata.json"), "utf8")) as {
      readonly buildOptions?: { readonly llamaCpp?: { readonly release?: string } };
    };
    return metadata.buildOptions?.llamaCpp?.release ?? "of an unknown release";
  } catch (error) {
    throw new HumanError("unsupported", `The native library in ${folder} does not tell its release: install Decant again (${sentenceOf(error)}).`);
  }
}
