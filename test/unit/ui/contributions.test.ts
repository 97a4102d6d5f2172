import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandTitles } from "../../../src/ui/commands/commandTitles";

const root = join(__dirname, "../../..");
const manifestText = readFileSync(join(root, "package.json"), "utf8");
const manifest = JSON.parse(manifestText) as {
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command?: string; submenu?: string; when?: string }[]>;
    submenus: { id: string; label: string }[];
    keybindings: { command: string }[];
    configuration: { properties: Record<string, { default: unknown }> };
    walkthroughs: { steps: { media: { markdown: string } }[] }[];
    views: Record<string, { icon: string }[]>;
    customEditors: object[];
  };
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
};
const { contributes, capabilities } = manifest;
const known = Object.keys(commandTitles);

describe("package.json and the code", () => {
  it("name the same commands with the same titles", () => {
    const declared = Object.fromEntries(contributes.commands.map(({ command, title }) => [command, title]));
    expect(declared).toEqual(commandTitles);
    expect(new Set(contributes.commands.map(({ category }) => category))).toEqual(new Set(["Decant"]));
  });

  it("put only commands that exist into menus, keys and links", () => {
    const used = [
      ...Object.values(contributes.menus).flat().flatMap(({ command }) => command ?? []),
      ...contributes.keybindings.map(({ command }) => command),
      ...[...manifestText.matchAll(/(?:command:|onCommand:)(decant\.\w+)/g)].map((match) => match[1] ?? ""),
    ];
    expect(used.filter((command) => !known.includes(command))).toEqual([]);
  });

  it("read only settings that are declared, with the same defaults", () => {
    const reader = readFileSync(join(root, "src/ui/adapters/settings.ts"), "utf8");
    const read = [...reader.matchAll(/#read(?:<[^>]+>)?\("(\w+)", ([^)]+)\)/g)].map((match) => [`decant.${match[1]}`, JSON.parse(match[2] ?? "") as unknown]);
    const declared = Object.entries(contributes.configuration.properties).map(([name, { default: value }]) => [name, value]);
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(declared));
    expect(declared.map(([name]) => name)).toEqual(expect.arrayContaining(capabilities.untrustedWorkspaces.restrictedConfigurations));
  });

  it("open .gguf files in the inspector", () => {
    expect(contributes.customEditors).toEqual([expect.objectContaining({ viewType: "decant.inspector", priority: "default" })]);
  });

  it("point to files that exist", () => {
    const files = [
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown)),
      ...Object.values(contributes.views).flat().map(({ icon }) => icon),
    ];
    for (const file of files) expect(readFileSync(join(root, file), "utf8").length, file).toBeGreaterThan(0);
  });

  it("put every step of the lab into its menu", () => {
    expect(contributes.submenus).toEqual([expect.objectContaining({ id: "decant.lab", label: "Compression Lab" })]);
    expect(contributes.menus["decant.lab"]?.map(({ command }) => command)).toEqual([
      "decant.compressionLab", "decant.pruneModel", "decant.sparsifyModel", "decant.distilModel", "decant.trainAdapter",
      "decant.mergeAdapter", "decant.extractAdapter", "decant.compareAdapter",
    ]);
  });

  it.each(["decant.runRecipe", "decant.openRecipe"])("%s: from the file of a recipe, and from no other", (id) => {
    for (const menu of ["explorer/context", "editor/title", "editor/title/context"]) {
      const when = contributes.menus[menu]?.find(({ command }) => command === id)?.when ?? "";
      const pattern = new RegExp(/resourceFilename =~ \/(.*?)\/ /.exec(when)?.[1] ?? "no pattern");
      expect(["my.decant.json", "decant.json", "categories.json"].map((name) => pattern.test(name))).toEqual([true, false, false]);
    }
  });

  it("offer on a tree item what fits its state", () => {
    const offered = (viewItem: string): (string | undefined)[] =>
      (contributes.menus["view/item/context"] ?? []).filter(({ when }) => holds(when ?? "", viewItem)).map(({ command, submenu }) => command ?? submenu);
    expect(new Set(offered("model"))).toEqual(new Set([
      "decant.showTradeoffs", "decant.calibrate", "decant.quantize", "decant.loadModel", "decant.attachAdapter", "decant.exportToOllama",
      "decant.inspectModel", "decant.compareModels", "decant.revealModel", "decant.deleteModel", "decant.lab",
    ]));
    expect(offered("model.loaded")).toContain("decant.unloadModel");
    expect(offered("model.loaded")).not.toContain("decant.loadModel");
    expect(offered("model.builtIn")).not.toContain("decant.deleteModel");
    expect(offered("model.loaded")).toContain("decant.whyTheseSettings");
    expect(offered("model.loaded.adapted")).toContain("decant.detachAdapters");
    expect(offered("model.ollama.page")).toContain("decant.openModelPage");
    expect(offered("model.ollama.page")).not.toContain("decant.exportToOllama");
    expect(offered("model.problem")).toEqual(["decant.inspectModel", "decant.revealModel", "decant.deleteModel"]);
    expect(offered("adapter")).toEqual(["decant.attachAdapter", "decant.mergeAdapter", "decant.compareAdapter", "decant.inspectModel", "decant.revealModel", "decant.deleteModel"]);
    expect(offered("adapter.problem")).not.toContain("decant.mergeAdapter");
    expect(offered("adapter.attached")).toContain("decant.detachAdapters");
    expect(offered("projector")).toEqual(["decant.inspectModel", "decant.revealModel", "decant.deleteModel"]);
    expect(new Set(offered("download.running"))).toEqual(new Set(["decant.pauseDownload", "decant.cancelDownload"]));
    expect(new Set(offered("download.paused"))).toEqual(new Set(["decant.resumeDownload", "decant.cancelDownload"]));
    expect(new Set(offered("download.failed"))).toEqual(new Set(["decant.resumeDownload", "decant.cancelDownload"]));
    expect(offered("family")).toEqual([]);
  });
});

/** Evaluates the conjunctions of `viewItem =~ /…/` that the tree's menus are made of. */
function holds(when: string, viewItem: string): boolean {
  return when.split(" && ").every((term) => {
    const pattern = /^viewItem =~ \/(.*)\/$/.exec(term)?.[1];
    return pattern === undefined ? term === "view == decant.models" : new RegExp(pattern).test(viewItem);
  });
}
