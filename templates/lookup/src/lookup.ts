// The search of the site.
export {};
