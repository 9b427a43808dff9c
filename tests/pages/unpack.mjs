// usage: node unpack.mjs FILE; writes the executable of Chrome 109 there, from the package that carries it compressed.
import {createReadStream, createWriteStream} from 'node:fs';
import {chmod, mkdir, rename} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {fileURLToPath} from 'node:url';
import {createBrotliDecompress} from 'node:zlib';

const output = process.argv[2];
const packed = join(dirname(fileURLToPath(import.meta.url)), 'node_modules', '@sparticuz', 'chromium', 'bin', 'chromium.br');
await mkdir(dirname(output), {recursive: true});
await pipeline(createReadStream(packed), createBrotliDecompress(), createWriteStream(`${output}.part`));
await chmod(`${output}.part`, 0o755);
await rename(`${output}.part`, output);
