import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ImatrixInfo } from "../../src/protocol/model";
import { sampleModel } from "./buildRuntime";

const root = resolve(__dirname, "../..");
const contract = join(root, "media/samples/supply-agreement.md");
let folder: string;
let model: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "decant-calibrate-cli-"));
  model = join(folder, "sample-F16.gguf");
  copyFileSync(sampleModel(), model);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cli(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, "scripts/cli.mjs"), ...args, "--threads", "1"], { encoding: "utf8", cwd: root });
}
function json<T>(...args: string[]): T {
  const { status, stdout, stderr } = cli(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

describe("calibrate", () => {
  it("writes a matrix beside the model, which opens the smallest levels", () => {
    const info = json<ImatrixInfo>("calibrate", model, "--text", contract, "--context", "128", "--chunks", "4");
    expect(info).toEqual({ path: join(folder, "sample.imatrix.gguf"), tensors: 35, chunks: 4, chunkSize: 128, datasets: ["supply-agreement.md"] });
    expect(cli("quantize", model, "--type", "IQ2_XXS", "--dry-run").stderr).toMatch(/IQ2_XXS needs an importance matrix: calibrate on your documents first/);
    const foretold = json<{ bytes: number }>("quantize", model, "--type", "IQ3_XXS", "--imatrix", info.path, "--dry-run");
    const made = json<{ path: string; bytes: number }>("quantize", model, "--type", "IQ3_XXS", "--imatrix", info.path);
    expect(made).toMatchObject({ path: join(folder, "sample-IQ3_XXS-imatrix.gguf"), bytes: foretold.bytes });
  });

  it("reads several texts and folders, with their text files only", () => {
    const texts = join(folder, "texts");
    mkdirSync(join(texts, "below"), { recursive: true });
    for (const name of ["b.md", "below/a.TXT"]) copyFileSync(contract, join(texts, name));
    writeFileSync(join(texts, "picture.png"), Buffer.alloc(8));
    const out = join(folder, "several.gguf");
    const info = json<ImatrixInfo>("calibrate", model, "--text", texts, "--text", contract, "--context", "256", "--out", out);
    expect(info).toMatchObject({ path: out, chunkSize: 256, datasets: ["b.md", "a.TXT", "supply-agreement.md"] });
    const { status, stdout } = cli("calibrate", model, "--text", texts, "--context", "256", "--chunks", "1", "--out", out);
    expect(status).toBe(0);
    expect(stdout).toMatch(/several\.gguf: importance of the inputs of 35 weight matrices, from 1 chunks of 256 tokens of b\.md and 1 more/);
  });

  it.each([
    [["calibrate"], /Say which model/],
    [["calibrate", "MODEL"], /--text is missing/],
    [["calibrate", "MODEL", "--text", "/nowhere.txt"], /no file/],
    [["calibrate", "MODEL", "--text", "EMPTY"], /no text files/],
    [["calibrate", "MODEL", "--text", "SHORT"], /tokens, fewer than one chunk/],
    [["calibrate", "MODEL", "--text", "CONTRACT", "--context", "0"], /whole number/],
    [["calibrate", "MODEL", "--text", "CONTRACT", "--out", "MODEL"], /would overwrite the model/],
    [["quantize", "MODEL", "--type", "Q4_K_M", "--imatrix", "SHORT"], /is not an importance matrix/],
  ])("%j fails with a sentence", (args, sentence) => {
    const [short, empty] = [join(folder, "short.txt"), join(folder, "empty")];
    writeFileSync(short, "Too short.");
    mkdirSync(empty, { recursive: true });
    const named: Record<string, string> = { MODEL: model, CONTRACT: contract, SHORT: short, EMPTY: empty };
    const { status, stdout, stderr } = cli(...args.map((arg) => named[arg] ?? arg));
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(model)).toBe(true);
  });
});
