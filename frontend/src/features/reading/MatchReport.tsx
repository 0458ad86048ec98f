import { plural, shortHash } from '@/lib/format';
import { Notice } from '@/ui/Notice';
import type { Matched } from './pictures';
import type { Row } from './rows';

const SHOWN = 12;

/** Which pictures are here and which are not, named by their place and fingerprint: a file's name is never shown. */
export function MatchReport({ matched, rows }: { matched: Matched; rows: readonly Row[] }) {
  const { files, strangers } = matched;
  const all = rows.length;
  const read = new Set(rows.filter(({ said }) => said !== null).map((row) => row.case));
  const missing = matched.missing.filter((item) => !read.has(item.case));
  const others = strangers === 0 ? '' : ` ${plural(strangers, 'other file belongs', 'other files belong')} to no case and ${strangers === 1 ? 'is' : 'are'} left alone.`;
  if (files.size === 0) {
    return (
      <Notice tone="bad" role="alert" title="None of these files is a picture of this study">
        Pictures are recognised by the bytes of their files. Open the folder that the coordinator gave you, unchanged: a picture that was saved anew is another file.
      </Notice>
    );
  }
  if (missing.length === 0) {
    return (
      <Notice tone="ok" role="status" title={files.size === all ? `All ${all} pictures are here` : 'All pictures that you have not read yet are here'}>
        Each was recognised by its fingerprint.{others}
      </Notice>
    );
  }
  return (
    <Notice tone="warn" role="status" title={`${files.size} of ${plural(all, 'picture')} ${files.size === 1 ? 'is' : 'are'} here; ${missing.length} to be read ${missing.length === 1 ? 'is' : 'are'} missing`}>
      <p>You can begin and add the others later. Ask the coordinator for those missing:</p>
      <ul aria-label="Missing pictures">
        {missing.slice(0, SHOWN).map(({ case: of, position, sha256 }) => (
          <li key={of}>
            number {position} of your order, file <code>{shortHash(sha256)}</code>
          </li>
        ))}
        {missing.length > SHOWN && <li>and {missing.length - SHOWN} more</li>}
      </ul>
      {others}
    </Notice>
  );
}
