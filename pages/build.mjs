// usage: node build.mjs [OUTPUT]; the default output is build/pages at the top of the repository. Each page becomes index.html, app.js, app.css.
import {build} from 'esbuild';
import {copyFile, mkdir, readdir, rm, stat} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const output = resolve(process.argv[2] ?? join(here, '..', 'build', 'pages'));

for (const page of ['ward', 'centre']) {
  const folder = join(output, page);
  await rm(folder, {recursive: true, force: true});
  await mkdir(folder, {recursive: true});
  await build({
    absWorkingDir: here,
    entryPoints: {app: join(page, 'main.tsx')},
    outdir: folder,
    bundle: true,
    minify: true,
    target: 'chrome109',
    format: 'iife',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  });
  await copyFile(join(here, page, 'index.html'), join(folder, 'index.html'));
  const sizes = await Promise.all((await readdir(folder)).sort().map(async (name) => `${name} ${(await stat(join(folder, name))).size}`));
  console.log(`${page}: ${sizes.join(', ')} bytes`);
}
