-- postgresql
/* a; /* nested; */ b */ CREATE /* ; */ TABLE -- x;
"t;1" ( -- ;
  "a""b" int /* , c int */ DEFAULT 1, -- ' "
  'c' int
);
DO $$ BEGIN EXECUTE 'ALTER TABLE ' || x; EXCEPTION WHEN others THEN $$;