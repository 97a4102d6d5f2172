import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { meanSquares } from "../../../../src/runtime/calibration/importanceMatrix";
import { readMatrix } from "../../../../src/runtime/calibration/matrixFile";
import { writeMatrix } from "../../../../src/runtime/calibration/matrixWriter";

const path = join(mkdtempSync(join(tmpdir(), "decant-matrix-")), "a.imatrix");

function int(value: number): Buffer {
  return Buffer.from(Int32Array.of(value).buffer);
}
/** One tensor of two columns, 4 calls, 7 chunks. */
const older = Buffer.concat([int(1), int(5), Buffer.from("blk.x"), int(4), int(2), Buffer.from(Float32Array.of(8, 2).buffer), int(7), int(6), Buffer.from("my.txt")]);

describe("readMatrix", () => {
  it("reads what writeMatrix writes, experts apart", async () => {
    await writeMatrix(path, {
      datasets: ["one", "two"], chunks: 5, chunkSize: 128,
      tensors: new Map([["b", { sums: Float32Array.of(6, 9), counts: [3] }], ["a_exps", { sums: Float32Array.of(2, 4, 5, 7), counts: [2, 0] }]]),
    });
    const { info, columns } = readMatrix(path);
    expect(info).toEqual({ path, tensors: 2, chunks: 5, chunkSize: 128, datasets: ["one", "two"] });
    expect([...columns]).toEqual([["a_exps", Float32Array.of(1, 2, 1, 1)], ["b", Float32Array.of(2, 3)]]);
  });

  it("reads the older format, with and without its last part", () => {
    writeFileSync(path, older);
    expect(readMatrix(path).info).toEqual({ path, tensors: 1, chunks: 7, chunkSize: 0, datasets: ["my.txt"] });
    expect([...readMatrix(path).columns]).toEqual([["blk.x", Float32Array.of(2, 0.5)]]);
    writeFileSync(path, older.subarray(0, -14));
    expect(readMatrix(path).info).toMatchObject({ tensors: 1, chunks: 0, datasets: [] });
  });

  it("tells a cut file from one of another kind", () => {
    writeFileSync(path, older.subarray(0, 25));
    expect(() => readMatrix(path)).toThrow(/cut off/);
    writeFileSync(path, Buffer.concat([int(1), int(5000)]));
    expect(() => readMatrix(path)).toThrow(/is not an importance matrix/);
  });
});

describe("meanSquares", () => {
  it("counts a part that was never used as 1", () => {
    expect(meanSquares(Float32Array.of(1, 2, 3, 4), [0, 2])).toEqual(Float32Array.of(1, 1, 1.5, 2));
  });
});
