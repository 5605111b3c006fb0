//! `docs/demo.md`: which document of the demo stands where, and what one can try with it. Made from the stories and from the demo
//! itself.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use lawgate::demo::script;
use lawgate::lifecycle::step::{Stage, Step};

use super::super::helpers::{loaded_demo, snapshot};
use super::lines;

const HEAD: &str = "\
# 演示乡镇 · The demo township

`lawgate demo` 首次启动时装入下列文件。它们都由与用户相同的操作一步步形成，日期随启动之日推算，均为工作日。
人名、地名均为虚构。七个用户的令牌在 `demo-credentials.json` 中，其余人员（第二审核人、村起草人、县司法局等）不发放令牌。

`lawgate demo` loads these documents at its first start. Each got where it stands through the acts that users have, on working days before
that start. People and places are made up. The tokens of seven users are in `demo-credentials.json`; nobody gets those of the others.

例如，接着 README 中的会话 · For instance, after the session in the README:

```sh
as drafter -G \"$API/documents\" -d overdue=true            # 逾期的 · what is overdue
as drafter -G \"$API/documents\" -d step=amendment_required # 待修改的 · what waits for an amendment
as secretary \"$API/meetings\"                              # 会议 · the meetings
as auditor \"$API/cleanups\"                                # 清理 · the clean-up rounds
```

本表由测试依演示数据打印并逐项核对（时钟为 2026-12-01）。除注明外，制定机关为青禾镇人民政府。
A test prints this table from the demo, begun on 2026-12-01, and holds it to that.

| 文件 Document | 现状 Where it stands | 效力 Effect | 可以试什么 What to try |
|---|---|---|---|
";

const MEETINGS: &str = "
## 会议 · Meetings

| 机关 Body | 会议 Meeting | 日期 Day | 状态 Status | 议题 Items |
|---|---|---|---|---|
";

const MEETINGS_SQL: &str = "
SELECT concat_ws(' | ', b.name, m.title, m.held_on, CASE WHEN m.status = 'cancelled' THEN '已取消 cancelled'
           WHEN m.held_on > '2026-12-01' THEN '即将召开 to come' ELSE '已召开 held' END,
           (SELECT count(*) FROM agenda_items a WHERE a.meeting_id = m.id)) AS line
  FROM meetings m JOIN bodies b ON b.id = m.body_id ORDER BY m.held_on, m.id";

const ROUNDS: &str = "
## 清理 · Clean-up rounds

| 清理 Round | 状态 Status | 已提出结果 Proposed |
|---|---|---|
";

const ROUNDS_SQL: &str = "
SELECT concat_ws(' | ', c.title, coalesce('已公布 published ' || p.published_on, '进行中 under way'),
           (SELECT count(DISTINCT r.document_id) FROM cleanup_results r WHERE r.cleanup_id = c.id)) AS line
  FROM cleanups c LEFT JOIN cleanup_publications p ON p.cleanup_id = c.id ORDER BY c.opened_at";

#[actix_web::test]
async fn the_table_in_the_docs_is_the_demo_as_it_is_loaded() {
    let database = loaded_demo::like().0;
    let found =
        lines(&database, "SELECT title || '|' || stage || '|' || step || '|' || effect_on(id, '2026-12-01') AS line FROM documents").await;
    let mut standing: BTreeMap<&str, (Stage, Step, &str)> = BTreeMap::new();
    for line in &found {
        let [title, stage, step, effect] = line.split('|').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let place = (Stage::parse(stage).expect("a stage"), Step::parse(step).expect("a step"), effect);
        assert!(standing.insert(title, place).is_none(), "two documents are called {title}");
    }
    let script = script::read().expect("the stories are written well");
    assert_eq!(standing.len(), script.stories.len());
    let mut table = HEAD.to_owned();
    for (_, story) in &script.stories {
        let (stage, step, effect) = standing[story.title.as_str()];
        writeln!(table, "| {} | {} `{stage}/{step}` | `{effect}` | {}<br>{} |", story.title, step.zh(), story.about, story.about_en)
            .expect("a string takes everything");
    }
    table.push_str(MEETINGS);
    for line in lines(&database, MEETINGS_SQL).await {
        writeln!(table, "| {line} |").expect("a string takes everything");
    }
    table.push_str(ROUNDS);
    for line in lines(&database, ROUNDS_SQL).await {
        writeln!(table, "| {line} |").expect("a string takes everything");
    }
    snapshot::compare(Path::new("docs/demo.md"), &table);
}
