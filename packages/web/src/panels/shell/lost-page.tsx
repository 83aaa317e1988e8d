import { Compass } from 'lucide-react';
import { useEffect } from 'react';
import { Notice } from '../../ui/notice.tsx';
import { Link } from './link.tsx';

export function LostPage({ path }: { path: string }) {
  useEffect(() => {
    document.title = 'Not found · Tacho';
  }, []);
  return (
    <Notice title="There is no such page" icon={<Compass size={28} />}>
      <p>
        Nothing lives at <code>{path}</code>.
      </p>
      <p>
        <Link to={{ page: 'runs', filters: {} }}>All runs</Link>
      </p>
    </Notice>
  );
}
