import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { Loading } from '@/ui/Loading';
import { usePicture } from './usePicture';
import { Viewer } from './Viewer';

interface Props {
  file: Blob | null;
  name: string;
  size: number | null;
}

/** The picture, kept by this browser if its owner wanted it. */
export function PictureCard({ file, name, size }: Props) {
  const picture = usePicture(size === null ? null : file, size ?? 0);
  return (
    <Card title="The picture" actions={<span className="dim">on this device only</span>}>
      {file === null && <Empty title="The picture was not kept">You chose not to keep it in this browser. The platform never had it.</Empty>}
      {file !== null && (picture === null || picture.state === 'reading') && <Loading label="the picture" lines={8} />}
      {picture?.state === 'refused' && <Empty title="The picture cannot be shown">{picture.error.message}</Empty>}
      {picture?.state === 'there' && <Viewer view={picture.view} name={name} />}
    </Card>
  );
}
