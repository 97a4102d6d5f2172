import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partialJson } from "../../../../src/services/analysis/partialJson";
import { listOf, proseOf, textOf } from "../../../../src/services/analysis/readJson";

describe("JSON that is still being written", () => {
  it("has only whole objects, where those are asked for", () => {
    expect(partialJson('{"facts":[{"a":"1"},{"a":"2"},{"a":"3', "whole")).toEqual({ facts: [{ a: "1" }, { a: "2" }] });
    expect(partialJson('{"one":[{"a":1}],"two":[{"b":[2', "whole")).toEqual({ one: [{ a: 1 }] });
    expect(partialJson('{"facts":[{"a":"}"', "whole")).toBeUndefined();
    expect(partialJson("", "whole")).toBeUndefined();
  });

  it("has open strings as far as they go, where all is asked for", () => {
    expect(partialJson('{"answer":"Within ten', "all")).toEqual({ answer: "Within ten" });
    expect(partialJson('{"answer":"say \\"no\\" and \\', "all")).toEqual({ answer: 'say "no" and ' });
    expect(partialJson('{"answer":"a\\u04', "all")).toEqual({ answer: "a" });
    expect(partialJson('{"answer":"back\\\\', "all")).toEqual({ answer: "back\\" });
    expect(partialJson('{"answer":"a","quo', "all")).toEqual({ answer: "a" });
    expect(partialJson('{"answer":"a","quotes":', "all")).toEqual({ answer: "a" });
    expect(partialJson('{"ans', "all")).toEqual({});
  });

  it("never loses what was whole, wherever it is cut", () => {
    const items = fc.array(fc.record({ a: fc.string(), b: fc.string() }), { maxLength: 5 });
    fc.assert(fc.property(items, fc.nat(), (list, cut) => {
      const text = JSON.stringify({ list });
      const part = text.slice(0, cut % (text.length + 1));
      const read = listOf(partialJson(part, "whole"), "list");
      expect(read).toEqual(list.slice(0, read.length));
      const wholeOnes = list.filter((_, index) => part.startsWith(JSON.stringify({ list: list.slice(0, index + 1) }).slice(0, -2))).length;
      expect(read.length).toBe(wholeOnes);
    }));
  });

  it("gives an answer that only grows", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (answer) => {
      const text = JSON.stringify({ answer, quotes: ["a"] });
      let before = "";
      for (let end = 0; end <= text.length; end++) {
        const grown = (partialJson(text.slice(0, end), "all") as { answer?: string } | undefined)?.answer ?? "";
        if (grown === "") continue;
        expect(answer.startsWith(grown)).toBe(true);
        expect(grown.length).toBeGreaterThanOrEqual(before.length);
        before = grown;
      }
      expect(before).toBe(answer);
    }));
  });
});

describe("members of an unknown value", () => {
  it("count as missing where they have another type", () => {
    expect([textOf(null, "a"), textOf({ a: 5 }, "a"), textOf("a", "length"), textOf({ a: " x \n y " }, "a")]).toEqual(["", "", "", "x y"]);
    expect(proseOf({ a: " x\ny " }, "a")).toBe("x\ny");
    expect([listOf(undefined, "a"), listOf({ a: "no" }, "a"), listOf({ a: [1] }, "a")]).toEqual([[], [], [1]]);
  });
});
