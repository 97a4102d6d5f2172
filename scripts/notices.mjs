/** The licences of the packages whose code is inside the bundles: their terms ask that they travel with it. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";

/** Folders of the packages that metafiles of esbuild name as inputs. */
function packageFolders(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  return [...new Set(inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []))].sort();
}

async function notice(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  return [`${name} ${version} (${license ?? "licence in its package"})`, ...texts.map((text) => text.trim())].join("\n\n");
}

export async function writeNotices(metafiles, file) {
  const notices = await Promise.all(packageFolders(metafiles).map(notice));
  await writeFile(file, `${notices.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}
