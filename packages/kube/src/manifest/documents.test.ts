import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { splitDocuments } from './documents.ts';

const split = (stream: string) => splitDocuments(stream).documents.map(({ text, line }) => [line, text]);

describe('splitDocuments', () => {
  const cases: readonly {
    readonly name: string;
    readonly stream: string;
    readonly documents: readonly (readonly [number, string])[];
    readonly empty?: number;
  }[] = [
    { name: 'one document without markers', stream: 'a: 1\n', documents: [[1, 'a: 1\n']] },
    {
      name: 'rules between documents',
      stream: '---\na: 1\n---\nb: 2\n',
      documents: [
        [2, 'a: 1\n'],
        [4, 'b: 2\n'],
      ],
    },
    {
      name: 'a rule with a comment',
      stream: 'a: 1\n--- # Source: x.yaml\nb: 2',
      documents: [
        [1, 'a: 1\n'],
        [3, 'b: 2'],
      ],
    },
    {
      name: 'content on the line of the rule',
      stream: '--- {a: 1}\n---\tb\n',
      documents: [
        [1, '{a: 1}\n'],
        [2, 'b\n'],
      ],
    },
    {
      name: 'document ends',
      stream: 'a: 1\n...\n---\nb: 2\n... # done\n',
      documents: [
        [1, 'a: 1\n'],
        [4, 'b: 2\n'],
      ],
    },
    {
      name: 'a document after an end, without a rule',
      stream: 'a: 1\n...\nb: 2\n',
      documents: [
        [1, 'a: 1\n'],
        [3, 'b: 2\n'],
      ],
    },
    { name: 'directives', stream: '%YAML 1.1\n%TAG ! x\n---\na: 1\n', documents: [[4, 'a: 1\n']] },
    {
      name: 'CRLF',
      stream: 'a: 1\r\n---\r\nb: 2\r\n',
      documents: [
        [1, 'a: 1\r\n'],
        [3, 'b: 2\r\n'],
      ],
    },
    {
      name: 'byte order marks',
      stream: '\ufeff---\na: 1\n---\n\ufeffb: 2\n',
      documents: [
        [2, 'a: 1\n'],
        [4, 'b: 2\n'],
      ],
    },
    {
      name: 'a rule inside a block scalar',
      stream: 'a: |\n  x\n  ---\n  y\n',
      documents: [[1, 'a: |\n  x\n  ---\n  y\n']],
    },
    {
      name: 'longer dashes and dots are text',
      stream: 'a: |\n  x\n----\n....\n---x\n',
      documents: [[1, 'a: |\n  x\n----\n....\n---x\n']],
    },
    {
      name: 'comment-only documents are counted',
      stream: '# one\n---\n# two\n\n---\na: 1\n---\n',
      documents: [[6, 'a: 1\n']],
      empty: 2,
    },
    { name: 'nothing', stream: '', documents: [] },
    { name: 'only rules', stream: '---\n---\n---', documents: [] },
  ];
  it.each(cases)('$name', ({ stream, documents, empty = 0 }) => {
    expect(split(stream)).toEqual(documents);
    expect(splitDocuments(stream).emptyCount).toBe(empty);
  });

  it('gives back each document byte for byte, at its line', () => {
    const line = fc.stringMatching(/^[a-z #:\t'"[\]{}|.-]{0,12}$/).filter((text) => !/^(?:---|\.\.\.|%)/.test(text));
    const content = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => `x${lines.join('\n')}\n`);
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 6 }), (contents) => {
        const stream = contents.join('---\n');
        const expected = contents.map((text, index) => [
          contents.slice(0, index).join('---\n').split('\n').length + (index > 0 ? 1 : 0),
          text,
        ]);
        expect(split(stream)).toEqual(expected);
      }),
    );
  });
});
