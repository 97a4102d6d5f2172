import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HubServer, startHub } from "../hubServer";
import { inThreeThemes } from "./workbench/analysis";
import { environment } from "./workbench/environment";
import { modelFiles, modelHome } from "./workbench/modelHome";
import { ModelsTree } from "./workbench/modelsTree";
import { runCommand } from "./workbench/palette";
import { Panel } from "./workbench/panel";
import { until } from "./workbench/runtimeProcess";
import { Session } from "./workbench/session";
import { Workspace } from "./workbench/workspace";

/** Slow enough that a download can be paused on the way. */
const slowly = 256 * 1024;

describe("getting models", () => {
  let session: Session;
  let tree: ModelsTree;
  let hub: HubServer;
  let panel: Panel;
  const target = join(environment.home, ".decant", "models", "acme", "pocket-GGUF", "pocket-F16.gguf");
  const content = modelFiles.tiny({ blocks: 2, metadata: { "general.name": "Pocket" } });

  beforeAll(async () => {
    modelHome.clear();
    hub = await startHub({
      repositories: [
        { id: "acme/pocket-GGUF", downloads: 1200, likes: 7, tags: ["gguf", "license:apache-2.0"], files: [{ path: "pocket-F16.gguf", content }, { path: "README.md", content: Buffer.from("# Pocket") }] },
        { id: "acme/giant-GGUF", downloads: 90, tags: ["gguf"], gated: "manual", files: [{ path: "giant-Q4_K_M.gguf", content: content.subarray(0, 70_000), listed: { bytes: 900 * 1024 ** 3 } }] },
      ],
      bytesPerSecond: slowly,
    });
    mkdirSync(dirname(environment.machineSettings), { recursive: true });
    writeFileSync(environment.machineSettings, JSON.stringify({ "decant.hubUrl": hub.url }));
    session = await Session.open(await Workspace.create("getModels"));
    tree = new ModelsTree(session.page);
    await tree.open();
  });
  afterAll(async () => {
    await session?.close();
    await hub?.close();
    writeFileSync(environment.machineSettings, "{}");
    modelHome.clear();
  });

  test("nothing is sent before a person searches", () =>
    session.step("silent", async () => {
      await runCommand(session.page, "Decant: Get Models…");
      panel = await Panel.ready(session.page, "getModels");
      await panel.locator(".search input, .search").first().waitFor();
      expect(hub.requests).toEqual([]);
      await session.picture(join(environment.results, "screens"), "get-models-empty");
    }));

  test("a search lists repositories with their licence, and says which are gated", () =>
    session.step("search", async () => {
      await search("acme");
      await panel.locator(".result", { hasText: "pocket-GGUF" }).waitFor();
      expect(await panel.locator(".result", { hasText: "pocket-GGUF" }).innerText()).toMatch(/apache-2\.0/);
      expect(await panel.locator(".result", { hasText: "giant-GGUF" }).innerText()).toMatch(/gated/);
    }));

  test("a repository shows sizes and what fits before anything is fetched", () =>
    session.step("open", async () => {
      await panel.locator(".result", { hasText: "giant-GGUF" }).click();
      await panel.locator(".choices tr", { hasText: /Q4_K_M/ }).waitFor();
      expect(await panel.locator(".choices tr", { hasText: /Q4_K_M/ }).innerText()).toMatch(/does not fit|no|too large/i);
      await panel.locator(".result", { hasText: "pocket-GGUF" }).click();
      const choice = panel.locator(".choices tr", { hasText: /F16/ });
      await choice.waitFor();
      await choice.locator(".check").click();
      await panel.locator(".choices tr", { hasText: /128 tokens of context/ }).waitFor();
      expect(hub.requests.some(({ host, range }) => host === "storage" && range?.startsWith("bytes=0-") === true)).toBe(true);
      expect(await panel.violations()).toEqual([]);
      await inThreeThemes(session, panel, (theme) => session.picture(join(environment.results, "screens"), `get models ${theme}`));
    }));

  test("a download can be paused and resumed, is checked, and appears in the tree", () =>
    session.step("download", async () => {
      await panel.locator(".choices .get").first().click();
      const download = panel.locator(".download");
      await until(async () => (await download.getAttribute("data-state")) === "running", "the download runs");
      await tree.item(/acme\/pocket-GGUF/).waitFor();
      await panel.locator(".download vscode-button", { has: panel.locator(".codicon-debug-pause") }).click();
      await until(async () => (await download.getAttribute("data-state")) === "paused", "the download is paused");
      await tree.item(/acme\/pocket-GGUF.*paused/s).waitFor();
      expect(existsSync(target)).toBe(false);
      await session.picture(join(environment.results, "screens"), "get-models-paused");

      await tree.inline(tree.item(/acme\/pocket-GGUF/), "Resume Download");
      await until(async () => (await download.getAttribute("data-state")) === "done", "the download is done");
      expect(statSync(target).size).toBe(content.length);
      expect(hub.requests.some(({ range }) => /^bytes=[1-9]\d*-$/.test(range ?? ""))).toBe(true);
      await tree.family(/^pocket/i).waitFor();
      await tree.item(/acme\/pocket-GGUF/).waitFor({ state: "detached" });
      await session.picture(join(environment.results, "screens"), "get-models-done");
    }));

  test("what is here is not offered again", () =>
    session.step("here", async () => {
      await panel.locator(".choices tr", { hasText: /Already here/ }).waitFor();
    }));

  test("offline it says so at once", () =>
    session.step("offline", async () => {
      await hub.close();
      await search("anything");
      await panel.locator(".notice", { hasText: /cannot be reached/ }).waitFor();
      await session.picture(join(environment.results, "screens"), "get-models-offline");
    }));

  async function search(query: string): Promise<void> {
    await panel.locator(".search-bar input").fill(query);
    await panel.locator(".search-button").click();
  }
});
