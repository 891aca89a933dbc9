import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inlineMarkdown, markdown } from './markdown'
import { html } from './html'

const shown = (text: string) => markdown(text).source.replace(/^<div class="prose">|<\/div>$/g, '')

test.each([
  ['**bold** and `code`', '<p><strong>bold</strong> and <code>code</code></p>'],
  ['# Title\n\ntext', '<p class="heading"><strong>Title</strong></p><p>text</p>'],
  ['- a\n- b', '<ul><li>a</li><li>b</li></ul>'],
  ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
  ['> quoted', '<blockquote><p>quoted</p></blockquote>'],
  ['```\nif (a < b)\n  c\n```', '<pre>if (a &lt; b)\n  c</pre>'],
  ['one\ntwo', '<p>one<br>two</p>'],
  ['a & b &lt;', '<p>a &amp; b &lt;</p>'],
  ['[the run](https://wiki.example/run)', '<p>the run <span class="soft">(https://wiki.example/run)</span></p>'],
  ['https://wiki.example/run', '<p>https://wiki.example/run</p>'],
  ['[x](javascript:alert(1))', '<p>x</p>'],
  ['![logo](https://evil.example/pixel.gif)', '<p><span class="soft">[image: logo, https://evil.example/pixel.gif]</span></p>'],
  ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
  ['a <b>x</b>', '<p>a &lt;b&gt;x&lt;/b&gt;</p>'],
  ['a\u202eb', '<p>a<span class="hidden-character">U+202E</span>b</p>'],
])('%j', (text, expected) => {
  expect(shown(text)).toBe(expected)
})

test('a step of a guide is one line', () => {
  expect(html`${inlineMarkdown('Look at `process.args` of **curl**.')}`.source).toBe('Look at <code>process.args</code> of <strong>curl</strong>.')
  expect(html`${inlineMarkdown('- a\n- b')}`.source).not.toContain('<li>')
})

test('whatever is written, only elements of ours come out, without an address to fetch', () => {
  const piece = fc.constantFrom('<script>', '</div>', '<img src="https://e/x">', '![a](https://e/x)', '[b](https://e/y)', '**', '`', '```\n', '\n\n', '- ', '> ', '| a | b |\n|---|---|\n| c | d |\n', '&#60;script>', '"', "'", 'x', '<a href=//e>', '\u0000', '\ud800')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { source } = markdown(pieces.join(''))
      for (const [tag] of source.matchAll(/<[^>]*>/g)) {
        expect(tag).toMatch(/^<\/?(?:div|p|strong|em|del|code|pre|blockquote|ul|ol|li|table|thead|tbody|tr|th|td|hr|br|span)(?: (?:class|start|scope)="[a-z0-9 -]*")*>$/)
      }
    }),
  )
})
