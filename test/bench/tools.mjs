/**
 * llama.cpp's own tools, built once from the source that node-llama-cpp carries, and linked with the very libraries that
 * Decant uses: so both sides run the same kernels, and a difference is ours.
 */
import { execFile } from "node:child_process";
import { access, copyFile, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

export const cache = resolve(".cache/bench");
const names = ["llama-bench", "llama-perplexity", "llama-quantize"];
const run = (file, args) => promisify(execFile)(file, args, { maxBuffer: 1 << 28 });
const exists = (path) => access(path).then(() => true, () => false);

/** The folder of the tools. `built` is a folder that holds them already; else they are built in the cache (some minutes). */
export async function toolsIn(built) {
  if (process.platform !== "linux") throw new Error("The comparison runs on Linux only: elsewhere the tools cannot be linked with the shipped libraries this way.");
  const from = built ?? (await build());
  const folder = join(cache, "tools");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(from)) if (names.includes(file) || file.endsWith("-impl.so")) await copyFile(join(from, file), join(folder, file));
  for (const name of names) if (!(await exists(join(folder, name)))) throw new Error(`${from} has no ${name}.`);
  const platform = `linux-${process.arch}`;
  const shipped = resolve(`node_modules/@node-llama-cpp/${platform}/bins/${platform}`);
  for (const file of await readdir(shipped)) {
    if (!file.endsWith(".so")) continue;
    await symlink(join(shipped, file), join(folder, file));
    // The tools ask for libllama.so.0, the package carries libllama.v0.4.0.so.
    const stem = /^lib(llama|ggml|ggml-base|llama-common)(\.v[\d.]+)?\.so$/.exec(file)?.[1];
    if (stem) await symlink(join(shipped, file), join(folder, `lib${stem}.so.0`));
  }
  return folder;
}

async function build() {
  const source = join(cache, "llama.cpp");
  const output = join(source, "build");
  const binaries = join(output, "bin");
  if (await exists(join(binaries, "llama-quantize"))) return binaries;
  console.log("Building llama.cpp's tools: this takes some minutes, once.");
  await mkdir(cache, { recursive: true });
  if (!(await exists(source))) await run("git", ["clone", "node_modules/node-llama-cpp/llama/gitRelease.bundle", source]);
  // A native build may use instructions that a virtual machine does not have; the kernels are the shipped ones anyway.
  const flags = ["GGML_NATIVE=OFF", "GGML_AVX=ON", "GGML_AVX2=ON", "GGML_FMA=ON", "GGML_F16C=ON", "GGML_OPENMP=OFF", "LLAMA_CURL=OFF", "BUILD_SHARED_LIBS=ON", "CMAKE_BUILD_TYPE=Release"];
  await run("cmake", ["-S", source, "-B", output, ...flags.map((flag) => `-D${flag}`)]);
  await run("cmake", ["--build", output, "-j", String(availableParallelism()), "--target", ...names]);
  return binaries;
}
