import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { ConversionPlan, ConversionResult } from "../../src/protocol/model";
import { writeCheckpoint } from "../checkpoint";

const root = resolve(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "decant-convert-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const input = writeCheckpoint(join(folder, "Tiny-Llama"), { family: "llama3" });

function cli(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, "scripts/cli.mjs"), ...args, "--threads", "1"], { encoding: "utf8", env: { ...process.env, INIT_CWD: folder } });
}

it("tells what would come of a checkpoint, and writes it beside its folder", () => {
  const planned = cli("convert", input, "--plan", "--json");
  expect(planned.status, planned.stderr).toBe(0);
  const plan = JSON.parse(planned.stdout) as ConversionPlan & { path: string };
  expect(plan).toMatchObject({ path: join(folder, "Tiny-Llama-BF16.gguf"), architecture: "llama", type: "BF16", tensors: 21 });
  expect(existsSync(plan.path)).toBe(false);

  const { status, stdout, stderr } = cli("convert", input, "--json");
  expect(status, stderr).toBe(0);
  expect(JSON.parse(stdout) as ConversionResult).toMatchObject(plan);
  expect(statSync(plan.path).size).toBe(plan.bytes);
  expect(stderr).toContain("Tensor 21 of 21");
  expect(cli("inspect", plan.path).stdout).toContain("llama");
});

it("takes a type in any case, and a place", () => {
  const { status, stdout } = cli("convert", input, "--type", "q8_0", "--out", "small.gguf");
  expect(status).toBe(0);
  expect(stdout).toMatch(/small\.gguf: \d.*\nllama, 0\.1 million weights, Q8_0, 21 tensors/);
  expect(existsSync(join(folder, "small.gguf"))).toBe(true);
});

it.each([
  [["convert"], /Say which folder of a checkpoint/],
  [["convert", "nowhere"], /no folder/],
  [["convert", "Tiny-Llama/model.safetensors"], /give the folder/],
  [["convert", "Tiny-Llama", "--type", "Q4_K_M"], /"Q4_K_M" is no type\. Choose one of auto, F32, F16, BF16, Q8_0/],
  [["convert", "Tiny-Llama", "--out", "Tiny-Llama/config.json"], /ends in \.gguf/],
])("%j fails with a sentence", (args, sentence) => {
  const { status, stderr, stdout } = cli(...args);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr.trim()).toMatch(sentence);
  expect(readdirSync(folder).filter((name) => name.endsWith(".partial"))).toEqual([]);
});
