// Google's own client. Needs: npm install, in this folder.
import { GoogleGenAI } from '@google/genai';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [server, sources, target, limit] = process.argv.slice(2);
const client = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: server } });
const files = (await readdir(sources)).sort();

async function edit(file) {
  const data = (await readFile(join(sources, file))).toString('base64');
  const answer = await client.models.generateContent({
    model: 'gemini-2.5-flash-image',
    contents: [{ role: 'user', parts: [{ text: 'Make it blue.' }, { inlineData: { mimeType: 'image/png', data } }] }],
    config: { responseModalities: ['IMAGE'] },
  });
  await writeFile(join(target, file), Buffer.from(answer.candidates[0].content.parts[0].inlineData.data, 'base64'));
}

await Promise.all(Array.from({ length: Number(limit) }, async () => {
  for (let file; (file = files.shift()) !== undefined;) await edit(file);
}));
