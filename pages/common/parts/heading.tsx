import type {ComponentChildren} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

/** The heading of a view; takes the focus when the view opens, so that screen readers begin there. */
export function Heading({children, quiet}: {children: ComponentChildren; quiet?: boolean}) {
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!quiet) element.current?.focus();
  }, []);
  return (
    <h1 ref={element} tabIndex={-1}>
      {children}
    </h1>
  );
}
