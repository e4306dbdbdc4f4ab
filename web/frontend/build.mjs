// Makes the bundle of Streamlit's frontend that the page shell loads: `npm ci && npm run build` in this folder.
//
// Streamlit's frontend is some 300 small modules, of which a page loads 90 to 130. Here those that our pages use become
// three files, as bundle.json says: `main` for every page, `charts` and `grid` for the pages that show them. All other
// modules stay where Streamlit installed them, and are served beside the bundle, in js/. What they import from a bundled
// module they get from the bundle: in js/ it has only a few words that pass the bundle's exports on (`stub` in
// web/frontend.py). So there is one React, and an element that no page uses today works the day that one does.
//
// lock.json says which modules went in, with their hashes, and what came out. The server holds it against what is
// installed, and takes Streamlit's own files where they differ.

import { createHash } from "node:crypto"
import { readFileSync, readdirSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { brotliCompressSync, constants } from "node:zlib"
import { rolldown } from "rolldown"
import { parseSync } from "rolldown/utils"

const HERE = dirname(fileURLToPath(import.meta.url))
const [installed, to = HERE] = process.argv.slice(2)
if (!installed) fail("usage: node build.mjs <folder of the installed streamlit package> [folder to write to]")
const JS = join(installed, "static", "static", "js")
// Where the server has Streamlit's modules, seen from the bundle.
const OUTSIDE = "./js/"

const names = readdirSync(JS).filter(name => name.endsWith(".js")).sort()
const source = Object.fromEntries(names.map(name => [name, readFileSync(join(JS, name), "utf8")]))
const plan = JSON.parse(readFileSync(join(HERE, "bundle.json"), "utf8"))
const sources = Object.fromEntries(names.map(name => [name, adapted(name)]))
const { part, ids } = divide()
const exported = Object.fromEntries(Object.keys(part).map(name => [name, exportsOf(name)]))

const lock = { streamlit: version(), modules: {}, files: {} }
for (const name of Object.keys(part).sort())
  lock.modules[name] = { sha256: sha256(source[name]), file: part[name], id: ids[name], exports: exported[name] }
for (const file of Object.keys(plan)) {
  const code = await bundle(file)
  writeFileSync(join(to, `${file}.js.br`), packed(code))
  lock.files[file] = { sha256: sha256(code), bytes: Buffer.byteLength(code) }
}
writeFileSync(join(to, "lock.json"), JSON.stringify(lock, null, 1) + "\n")

// Which file each bundled module goes into: what `main` needs is in main; what two other files need is in main, too.
function divide() {
  const needs = Object.fromEntries(Object.entries(plan).map(([file, roots]) => [file, closure(roots.map(find))]))
  const others = Object.keys(plan).filter(file => file !== "main")
  const seen = new Set(needs.main)
  const twice = new Set()
  for (const file of others) for (const name of needs[file]) (seen.has(name) ? twice : seen).add(name)
  const part = {}
  for (const name of [...needs.main, ...closure([...twice])]) part[name] = "main"
  for (const file of others) for (const name of needs[file]) part[name] ??= file
  const ids = Object.fromEntries(Object.keys(part).sort().map((name, number) => [name, `m${number.toString(36)}`]))
  return { part, ids }
}

// The module that an element's name means: "Table" is "Table.CGMoNb2f.js". The entry is the index that the shell loads.
function find(base) {
  if (base === "index")
    return /src="\.\/static\/js\/(index\.[^"]+)"/.exec(readFileSync(join(installed, "static", "index.html"), "utf8"))[1]
  const found = names.filter(name => name.replace(/\.[^.]+\.js$/, "") === base)
  if (found.length !== 1) fail(`bundle.json names "${base}"; Streamlit has ${found.length} modules of that name`)
  return found[0]
}

// A module and all that it imports when it is loaded. Imports on demand don't count: they may never come.
function closure(roots) {
  const found = new Set()
  const visit = name => {
    if (found.has(name)) return
    found.add(name)
    for (const [, other] of sources[name].matchAll(/(?:from|import)"\.\/([^"]+)"/g)) visit(other)
  }
  roots.forEach(visit)
  return [...found]
}

function exportsOf(name) {
  const found = []
  for (const node of parseSync(name, sources[name]).program.body) {
    if (node.type === "ExportNamedDeclaration" && !node.source && !node.declaration)
      found.push(...node.specifiers.map(it => it.exported.name ?? it.exported.value))
    else if (node.type.startsWith("Export")) fail(`${name}: an export of a kind that this script doesn't know`)
  }
  return found.sort()
}

// The name under which a file of the bundle passes an export of one of its modules on. web/frontend.py says it likewise.
function passed(name, exported) {
  return `${ids[name]}_${exported}`
}

// A module's source with what we want otherwise.
function adapted(name) {
  if (name.startsWith("StreamlitSyntaxHighlighter.")) return plainCode(name, source[name])
  if (name.startsWith("ArrowVegaLiteChart.")) return seenFirst(name, source[name])
  return source[name]
}

// A chart is drawn as soon as React has its frame, all charts of a page at once, so each stands only when all do. Ours
// draws at once what is in sight; the others follow one by one when the browser has nothing else to do, those nearest to
// what is seen first.
function seenFirst(name, text) {
  const effect = new RegExp(
    String.raw`(\w+)\.current!==null&&(\w+)&&\((\w+\.current=\{width:(\w+)\.current\.width,height:\4\.current\.height\}),` +
      String.raw`(\w+\(\1,\w+\.current\))\),\(\)=>\{(\w+)\(\)\}`,
    "g"
  )
  if ([...text.matchAll(effect)].length !== 1) fail(`${name} is not as seenFirst in build.mjs expects it; see docs/development.md`)
  return (
    text.replace(effect, (_, frame, ready, sized, measured, draw, end) =>
      `(()=>{const stop=${frame}.current!==null&&${ready}?$draw(${frame}.current,()=>{${sized};return ${draw}}):()=>{};` +
      `return()=>{stop();${end}()}})()`
    ) + `;${$away};${$draw};${$drawn};var $waiting=[];${$next};var $busy=false;`
  )
}

// These go into the bundle as they stand here.
/* global $waiting, $busy:writable */
function $away(frame) {
  const { top, bottom } = frame.getBoundingClientRect()
  return Math.max(top - innerHeight, -bottom)
}
function $draw(frame, draw) {
  const one = { frame, draw }
  frame.ariaBusy = "true" // until it is drawn anew, it shows what was chosen before
  if ($away(frame) < 0) $drawn(one)
  else {
    $waiting.push(one)
    $next()
  }
  return () => {
    one.gone = true
    frame.ariaBusy = null
    const at = $waiting.indexOf(one)
    if (at >= 0) $waiting.splice(at, 1)
  }
}
async function $drawn(one) {
  try {
    await one.draw()
  } finally {
    if (!one.gone) one.frame.ariaBusy = null
  }
}
function $next() {
  if ($busy || !$waiting.length) return
  $busy = true
  const idle = window.requestIdleCallback ?? (call => setTimeout(call, 1))
  idle(
    async () => {
      $waiting.sort((a, b) => $away(a.frame) - $away(b.frame))
      try {
        if ($waiting.length) await $drawn($waiting.shift())
      } finally {
        $busy = false
        $next()
      }
    },
    { timeout: 200 }
  )
}

// st.code loads highlighters of 300 languages (1.5 MB) even for a plain sentence. Ours draws plain text as Streamlit
// draws code that is too long to be highlighted, and gets the rest where a language is named.
function plainCode(name, text) {
  const imports = /^(?:import[^;]*;)+/.exec(text)?.[0]
  const react = /(\w+)=\w+\(\w+\(\),1\),(\w+)=\w+\(\),\w+=5e4;/.exec(text)
  if (!imports || !react) fail(`${name} is not as plainCode in build.mjs expects it; see docs/development.md`)
  const [start, React, highlighter] = react
  let tail = `var ${text.slice(react.index)}`
  const swap = (from, by) => {
    if (tail.split(from).length !== 2) fail(`${name}: "${from}" should stand once; see docs/development.md`)
    tail = tail.replace(from, () => by)
  }
  swap(start, start.replace(new RegExp(`,${highlighter}=\\w+\\(\\)`), ""))
  const component = /export\{\w+ as MAX_HIGHLIGHTED_LINES,(\w+) as default/.exec(tail)?.[1]
  const inner = new RegExp(`var ${component}=\\(0,${React}\\.memo\\)\\((\\w+)\\)`).exec(tail)?.[1]
  const branch = /children:(\w+)\?(?=\w+\(\w+,\{wrapLines:)/.exec(tail)?.[0]
  const drawn = new RegExp(`\\w+\\(${highlighter}\\.Prism,\\{.*?children:\\w+\\}\\)`).exec(tail)?.[0]
  const rows = new RegExp(`\\(0,${highlighter}\\.createElement\\)`).exec(tail)?.[0]
  if (!component || !inner || !branch || !drawn || !rows) fail(`${name} is not as plainCode in build.mjs expects it`)
  swap(drawn, "null")
  swap(rows, "(()=>null)")
  swap(branch, "children:true?")
  swap(
    `var ${component}=(0,${React}.memo)(${inner})`,
    `var $full=(0,${React}.lazy)(()=>import(${JSON.stringify(`${OUTSIDE}${name}?full`)})),` +
      `${component}=(0,${React}.memo)(p=>p.language&&p.language!=="plaintext"` +
      `?(0,${React}.createElement)(${React}.Suspense,{fallback:(0,${React}.createElement)(${inner},p)},` +
      `(0,${React}.createElement)($full,p)):(0,${React}.createElement)(${inner},p))`
  )
  return imports + tail
}

// A module's source as it goes into `file`: what it loads on demand from the installed package, and where it believes to lie.
function placed(name, file) {
  return sources[name]
    .replace(/m\.f=(\[.*?\])\)\)\)=>i\.map\(i=>d\[i\]\)/, (whole, list) => {
      const kept = JSON.parse(list).map(path => (part[path.replace("./", "")] ? null : path))
      return `m.f=${JSON.stringify(kept)})))=>i.map(i=>d[i]).filter(Boolean)`
    })
    .replace(/\bimport\((["`])\.\/([^"`/]+)\1\)/g, (whole, quote, other) => {
      if (part[other] === file) return whole
      if (part[other]) return `import("./${part[other]}.js").then(e=>e.${ids[other]})`
      return `import("${OUTSIDE}${other}")`
    })
    .replace(/\bimport\.meta\.url\b/g, `new URL("${OUTSIDE}${name}",import.meta.url).href`)
}

// The module from which everything in `file` is reached, and which says what the file exports.
function entry(file) {
  const inside = Object.keys(part).filter(name => part[name] === file)
  const first = plan[file].map(find).map(name => `import "./${name}"`)
  const names = inside.map(name =>
    exported[name].length ? `export {${exported[name].map(it => `${it} as ${passed(name, it)}`)}} from "./${name}"` : ""
  )
  const spaces = inside.filter(name => wanted(name, file)).map(name => `export * as ${ids[name]} from "./${name}"`)
  return [...first, ...names, ...spaces].join("\n")
}

// Whether another file of the bundle loads this module on demand.
function wanted(name, file) {
  const others = Object.keys(part).filter(other => part[other] !== file)
  return others.some(other => new RegExp(`\\bimport\\(["\`]\\./${name.replaceAll(".", "\\.")}["\`]\\)`).test(sources[other]))
}

async function bundle(file) {
  const own = {
    name: "installed",
    resolveId(id) {
      if (id === file) return id
      const name = id.replace(/^\.\//, "")
      if (source[name] !== undefined) return name
      return { id, external: true }
    },
    load(id) {
      if (id === file) return entry(file)
      if (part[id] === file) return placed(id, file)
      // Of another file of the bundle, which exports it under a name of its own.
      return `export {${exported[id].map(it => `${passed(id, it)} as ${it}`)}} from "./${part[id]}.js"`
    },
  }
  const made = await rolldown({ input: file, plugins: [own], treeshake: true, logLevel: "warn", preserveEntrySignatures: "strict" })
  const { output } = await made.generate({
    format: "esm",
    minify: true,
    codeSplitting: false,
    comments: { legal: true },
    banner: `/*! Streamlit ${version()}, Copyright (c) Streamlit Inc. (2018-2022) Snowflake Inc. (2022-2026), Apache License 2.0, bundled; see NOTICE.md */`,
  })
  await made.close()
  if (output.length !== 1) fail(`${file}: ${output.length} files came out instead of one`)
  return output[0].code
}

function packed(code) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(code) }
  return brotliCompressSync(code, { params })
}

function version() {
  const beside = readdirSync(dirname(resolve(installed))).map(name => /^streamlit-([\d.]+)\.dist-info$/.exec(name)?.[1])
  return beside.find(Boolean) ?? fail(`no streamlit-*.dist-info beside ${installed}`)
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex")
}

function fail(words) {
  console.error(words)
  process.exit(1)
}
