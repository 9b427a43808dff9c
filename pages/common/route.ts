import {useEffect, useState} from 'preact/hooks';

/** Where the page is: `#/dossiers/id:…` as ['dossiers', 'id:…']. What is no address of ours is the start. */
export function place(): string[] {
  try {
    return location.hash.replace(/^#\/?/, '').split('/').filter(Boolean).map(decodeURIComponent);
  } catch {
    return [];
  }
}

export function href(...parts: string[]): string {
  return '#/' + parts.map(encodeURIComponent).join('/');
}

export function go(...parts: string[]): void {
  location.hash = href(...parts);
}

export function useRoute(): string[] {
  const [route, setRoute] = useState(place());
  useEffect(() => {
    const moved = (): void => setRoute(place());
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return route;
}
