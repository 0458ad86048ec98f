import { plural, shortHash } from '@/lib/format';
import { Notice } from '@/ui/Notice';
import type { Matched } from './pictures';

const SHOWN = 12;

/** Which pictures are here and which are not, named by their place and fingerprint: a file's name is never shown. */
export function MatchReport({ matched, all }: { matched: Matched; all: number }) {
  const { files, missing, strangers } = matched;
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
      <Notice tone="ok" role="status" title={`All ${all} pictures are here`}>
        Each was recognised by its fingerprint.{others}
      </Notice>
    );
  }
  return (
    <Notice tone="warn" role="status" title={`${files.size} of ${plural(all, 'picture')} are here, ${missing.length} missing`}>
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
