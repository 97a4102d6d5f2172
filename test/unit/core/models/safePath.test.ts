import { describe, expect, it } from "vitest";
import { isSafeName, plainText, safeFileName, safeRelativePath } from "../../../../src/core/models/safePath";

describe("safeRelativePath", () => {
  it.each(["model.gguf", "Q4_K_M/model-00001-of-00002.gguf", ".gitattributes", "..hidden/..a", "модель/модель.gguf", "a b/c.gguf", "x".repeat(255)])(
    "keeps %j as it is", (path) => expect(safeRelativePath(path)).toBe(path),
  );

  it.each([
    "", ".", "..", "../a", "a/../b", "a/..", "./a", "a/./b", "/etc/passwd", "a//b", "a/", "\\\\server\\share", "..\\a", "a\\b", "C:\\a", "C:/a", "C:a", "a:stream",
    "a\0.gguf", "a\nb", "a\u007fb", "a\u0085b", "a\u2028b", "a\u202eb", "a\u2066b", "a\ud800b", "NUL", "a/con.gguf", "COM1", "lpt9.txt", "a.", "a ", " a", "what?", "a*b", "<a>", "a|b",
    "x".repeat(256), "ж".repeat(128), Array.from({ length: 33 }, () => "a").join("/"), `${"a/".repeat(600)}a`,
  ])("refuses %j", (path) => expect(safeRelativePath(path)).toBeUndefined());
});

describe("safeFileName", () => {
  it.each([
    ["model.gguf", "model.gguf"], ["../../etc/passwd", ".._.._etc_passwd"], ["..", "unnamed"], ["", "unnamed"], ["...", "unnamed"], ["library/llama3.2:1b", "library_llama3.2_1b"],
    ["C:\\a", "C__a"], ["a\0b\nc", "a_b_c"], ["a\u202egpj", "a_gpj"], ["nul.gguf", "_nul.gguf"], ["name. ", "name"], ["  name", "name"], ["half \ud83d", "half _"],
  ])("makes %j %j", (text, name) => expect(safeFileName(text)).toBe(name));

  it("cuts long names between characters and keeps their ending", () => {
    const name = safeFileName(`${"ж".repeat(300)}.gguf`);
    expect(Buffer.byteLength(name)).toBe(255);
    expect(name).toBe(`${"ж".repeat(125)}.gguf`);
    expect(Buffer.byteLength(safeFileName("😀".repeat(5000)))).toBeLessThanOrEqual(255);
  });

  it("gives a safe name for every short text of dangerous characters", () => {
    const alphabet = [".", "/", "\\", ":", " ", "\0", "n", "\ud800", "\u202e"];
    for (const a of alphabet) for (const b of alphabet) for (const c of alphabet) for (const d of ["", "ul", ".gguf"]) {
      const name = safeFileName(a + b + c + d);
      expect(isSafeName(name), JSON.stringify(a + b + c + d)).toBe(true);
      expect(safeFileName(name)).toBe(name);
    }
  });
});

it("plainText shows hidden characters as such and cuts", () => {
  expect(plainText("a\u202eb\nc")).toBe("a�b�c");
  expect(plainText("abcdef", 4)).toBe("abc…");
  expect(plainText("abcd", 4)).toBe("abcd");
});
