import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { Markdown } from '@/components/ui/markdown'

function html(text: string): string {
  return renderToStaticMarkup(<Markdown>{text}</Markdown>).replace(/^<div[^>]*>|<\/div>$/g, '')
}

describe('Markdown', () => {
  it.each([
    ['**a** _b_ ~~c~~', '<p><strong>a</strong> <em>b</em> <del>c</del></p>'],
    ['# Title\n## Below', '<h3>Title</h3><h4>Below</h4>'],
    ['### Deep', '<h3>Deep</h3>'],
    ['1. one\n2. two', '<ol start="1"><li>one</li><li>two</li></ol>'],
    ['R&amp;D &lt;3', '<p>R&amp;D &lt;3</p>'],
    ['`a<b`', '<p><code dir="ltr"><span>a&lt;b</span></code></p>'],
  ])('renders %s', (text, expected) => {
    expect(html(text)).toBe(expected)
  })

  it.each(['<script>alert(1)</script>', 'a <img src=x onerror=alert(1)> b', '<!-- x -->', '<a href="javascript:alert(1)">x</a>'])('shows %s as text', (text) => {
    const out = html(text)
    expect(out).toContain('&lt;')
    expect(out).not.toMatch(/<(?:script|img|a)\b/)
  })

  it('loads no image', () => {
    expect(html('![x](https://evil/x.png)')).toBe('<p><span>[image: x]</span></p>')
  })

  it('follows web links only, and tells them nothing', () => {
    expect(html('[x](https://a.example/)')).toBe('<p><a href="https://a.example/" rel="noreferrer noopener nofollow" target="_blank" title="https://a.example/">x</a></p>')
    expect(html('[x](javascript:alert(1))')).not.toContain('<a')
    expect(html('[x](data:text/html,1)')).not.toContain('<a')
  })

  it('survives nesting that no person writes', () => {
    expect(html(`${'>'.repeat(3000)}deep`)).toContain('deep')
    expect(html('- '.repeat(2000))).toBeTypeOf('string')
    expect(html('x'.repeat(200_000))).toContain('<pre>')
  })
})
