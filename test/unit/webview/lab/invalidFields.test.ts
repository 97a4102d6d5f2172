import { expect, test } from "vitest";
import { invalidFields } from "../../../../webview/lab/invalidFields";

test("a field in a hidden part of the panel keeps nothing from running", () => {
  const field = (hidden: boolean) => ({ closest: (selector: string) => (selector === "[hidden]" && hidden ? {} : null) });
  const root = (...fields: readonly object[]) => ({ querySelectorAll: (selector: string) => (selector === "[aria-invalid=true]" ? fields : []) }) as unknown as ParentNode;
  expect([invalidFields(root(field(false), field(true))), invalidFields(root(field(true))), invalidFields(root())]).toEqual([1, 0, 0]);
});
