-- promptctl: allow hardcoded-version replays March
select 'qualify-lead@1.1.0';
