// Made from the tables of spec/record.md by make web; never edited by hand.

/** A type and the table of its body a line. */
export const typeRows = `
charter Charter
checklist Checklist
roster Roster
plan Plan
partners Partners
agreement Agreement
joined Joined
filing Filing
history History
software Software
calendar Calendar
notice Notice
draw Draw
dispatch Dispatch
partner-dispatch PartnerDispatch
partner-team PartnerTeam
team-change TeamChange
request Request
replacement Replacement
result Result
correction Correction
follow-up FollowUp
feedback Feedback
opened Opened
recusal Recusal
teams-notice TeamsNotice
expert Expert
teams Teams
lost Lost
abort Abort
objection Objection
review Review
archive Archive
purge Purge
takedown Takedown
platform-draw PlatformDraw
task Task
waiver Waiver
contribution Contribution
extension Extension
paper Paper
`;

/** A type and its Chinese name a line. */
export const titleRows = `
charter 开账声明
checklist 随机抽查事项清单
roster 名录库
plan 年度抽查工作计划
partners 联合名单
agreement 联合抽查约定
joined 参与联合抽查
filing 备案
history 开账前历史
software 网页核验程序
calendar 工作日补充
notice 抽取预告
draw 抽取
dispatch 派发
partner-dispatch 向协同部门派发
partner-team 协同人员
team-change 更换、回避、直接委派
request 换人抽签申请
replacement 换人抽签
result 抽查结果
correction 更正
follow-up 后续处置
feedback 逐户反馈
opened 启封
recusal 回避申报
teams-notice 组队预告
expert 专家委派
teams 组队
lost 启封钥匙遗失
abort 终止
objection 异议
review 复核
archive 归档
purge 销毁
takedown 撤下
platform-draw 平台抽取登记
task 临时抽查任务
waiver 不受频次比例限制的依据
contribution 见证人加数
extension 延期
paper 纸面见证
`;

/** A table a line: its name, then each member, `!` if required, `:` and its value; `[]` a list of it, `{}` an object of it. */
export const tableRows = `
Opening K:text KI:text fields:Field{} handles:OpenHandle[]
Field salt!:text value!:text
OpenHandle id!:text kind!:text salt!:text
Env at!:time beacon:Beacon by!:name
Beacon chain!:hex64 round!:integer signature!:hex96
File bytes!:integer lines:integer root:hex64 sha256!:hex64
Charter demo!:boolean internet!:boolean keys!:RoleKey[] office!:name pack!:PackRef policy:lines region!:token site!:Site visibility:Visible[]
Site contact:name domain:name errors:name icp:name id_code:name name!:name platform:name police:name
RoleKey held:name key!:name role!:token
PackRef file!:File id!:token
Visible field!:token ground!:text rule!:token
Checklist all_items:integer all_items_source:name date!:date items!:Item[] reason!:name unit!:name upstream:name version!:integer year!:integer
Item basis!:Basis[] body:name category:name content:text level:name methods:name[] name!:name no!:token object:text specialities:token[] standard:name
Basis article:name kind!:name title!:name
Roster classes:Count[] count!:integer date!:date file!:File kind!:token reason!:name sectors:Count[] source:name towns:Count[] unchanged:boolean unsure:integer version!:integer
Count count!:integer name!:name
Plan date!:date lines!:PlanLine[] reason!:name title!:name version!:integer year!:integer
PlanLine base:integer batches:integer census:boolean classes:Class[] count:integer estimate:integer filter:expr frequency:name from!:date items!:token[] joint:token lead:name method:name minimum:integer mode!:name name!:name no!:token partners:name[] ratio:ratio scope!:name to!:date unit!:name with:Partner[]
Partners date!:date list!:Partner[] reason!:name version!:integer
Partner kind!:token matter:name name!:name
Agreement checklist!:integer confirmed_by!:sealed date!:date document:name from!:date items!:token[] line!:token partner!:name plan!:integer roster!:integer theirs:name[] to!:date
Class base:integer census:boolean condition!:sealed count:integer estimate:integer name!:token ratio:ratio
Task approved_by!:sealed date!:date document!:Order ground!:name line!:PlanLine year!:integer
Order issuer!:name number:name title!:name
Waiver approved_by!:sealed date!:date document!:Order ground!:name kind!:token line!:token year!:integer
Extension approved_by!:sealed date!:date ground!:name notice!:integer to!:date
Filing date!:date plan!:integer receipt:name to!:name
Software date!:date files!:Script[]
Script bytes!:integer name!:token sha256!:hex64
Calendar ground:name kind!:token make_up:date[] number:name off!:date[] title!:name year:integer
History count!:integer date!:date file!:File from!:date to!:date
Notice auditor:name batch:integer before:time casts!:token checklist!:integer declared!:integer draw!:token due!:Due earlier:token experts:Experts filter:expr freed:Ground[] from!:date grounds:Ground[] group_teams:integer groups!:Group[] inspectors!:RosterRef items!:token[] keycommit!:hex64 keycommit_i!:hex64 leader!:token line!:token mode!:name most_for_one!:integer name!:name names!:token out!:File people!:File people_grounds:Ground[] people_out:File plan!:integer pool!:File randomness:Randomness recusals!:File replace!:token roster!:RosterRef scheme:text scope!:name serial!:integer slots:Slot[] to!:date told:token[] units!:Unit[] waivers:integer[]
RosterRef count!:integer entry!:integer sha256!:hex64
Group base!:integer cells:Cell[] minimum:integer name!:token ratio:ratio rule!:token total:integer words!:name
Cell cell!:token count!:integer name!:name quota!:integer
Ground clause!:token code!:token count!:integer words!:name
Slot needs:token
Unit name!:name towns:token[]
Randomness ceremony:Ceremony chain:hex64 contributors:Contributor[] draws:LotteryDraw[] kind!:token round:integer time!:time
LotteryDraw closes!:time game!:token issue!:token
Ceremony balls:integer paper:boolean place!:name present!:Present[] throws!:integer
Present body!:name key:name name!:sealed
Contributor key!:name name!:name
Due dispatch!:date k!:date provisional:boolean results!:date
Experts grounds:Ground[] out:File pool!:File roster!:RosterRef slots!:Slot[]
Draw cells!:Cut[] commitment!:hex64 contributions:integer[] count!:integer declarations:File drawn!:File expert_load:integer experts:File group_teams:File line:text load!:integer notice!:integer recusals!:File rho!:hex64 scans:Bytes[] seed!:hex64 signature:hex96 signed:name[] teams!:File unstaffed!:File
Cut cell!:token count!:integer cutoff:hex64 quota!:integer
Dispatch confirmed:sealed count!:integer date!:date from!:date leaders!:File notice!:integer number!:name objects!:File platform_no:name scheme:text scheme_sha256:hex64 to!:date unit!:name
PartnerDispatch count!:integer date!:date notice!:integer number:name objects!:File partner!:name received_by:sealed
PartnerTeam date!:date ground:name joined:integer names!:sealed[] notice:integer partner!:name way!:token
Joined checklist!:integer confirmed_by:sealed count!:integer document:name drawn!:date from!:date items!:token[] lead!:name ledger:LeadDraw line:token name!:name number!:name objects!:File plan:integer received!:date sheet_sha256!:hex64 task!:token to!:date unit!:name
LeadDraw draw!:token origin!:name root!:hex64 size!:integer
TeamChange agreed!:date agreed_by!:sealed applied:date come!:hex32 consent!:name date!:date ground!:name kind!:token leads:boolean leave:hex32 note:sealed notice!:integer object!:hex32
Request agreed!:date agreed_by!:sealed applied:date consent!:name date!:date ground!:name kind!:token note:sealed notice!:integer randomness!:Randomness slots!:Leaving[]
Leaving leave!:hex32 object!:token slot!:integer
Replacement commitment!:hex64 filled!:Filled[] request!:integer rho!:hex64 seed!:hex64 signature!:hex96
Filled come:hex32 leave!:hex32 object!:token slot!:integer
Result classes:token[] code!:sealed criminal:boolean document:name ended!:date entered:date entered_by:sealed entrusted:Entrusted evidence:Evidence[] follow_up:FollowUpDue ground:name issuer:name joined:integer last_evidence:date late:text name!:sealed notice:integer object:hex32 opinion:sealed origin!:token outcome!:Outcome parts:Part[] pledge:boolean published:date remark:sealed returned:date[] reviewed_by:sealed reviewed_on:date scan:hex64 sector:token signed:sealed[] signed_on:date started:date team:hex32[] town:name unit!:name withheld:Withheld
Outcome codes:token[] facts:sealed items:ItemCodes[] methods:name[] organised:name refusal:name[] void:Void
Void date!:date evidence!:name ground!:name sha256:hex64
Withheld document!:name ground!:token outcome:sealed words:name
Evidence date!:date issuer!:name kind!:name number:name
Entrusted letter!:name name:sealed report:name
Part department!:name ended!:date items!:ItemCodes[] published:date
ItemCodes by:sealed[] codes!:token[] item!:token
FollowUpDue due:date kind!:name number:name owner:name to:name
Correction approved_by!:sealed date!:date ended:date entered:date ground!:name last_evidence:date old!:hex64 outcome!:Outcome published:date remark:sealed result!:integer started:date
FollowUp closed!:boolean date!:date due:date kind!:name number:name owner:name remark:sealed result!:integer to:name
Feedback date!:date kind!:token receiver:sealed remark:sealed result!:integer review:integer way!:name
Opened handles:hex32[] k:boolean ki:boolean notice!:integer
Lost approved_by!:sealed date!:date ground!:text k:boolean ki:boolean notice!:integer
Abort date!:date ground!:text notice!:integer
Paper body!:name checksum!:hex64 notice!:integer person!:sealed scan!:hex64 signed!:time
Objection applicant!:sealed content!:sealed number:name received!:date result!:integer way:name
Review correction:integer decided!:date decided_by!:sealed late:text objection!:integer outcome!:token reasons!:sealed
Archive class!:name date!:date documents!:Document[] ground:name notice:integer place:sealed result:integer retain_until:date years:integer
Document date:date kind!:name number:sealed pages:integer sha256:hex64
Purge approved_by!:sealed archive!:integer date!:date ground!:name
PlatformDraw count!:integer declarations:File explained:text export!:Bytes notice!:integer objects!:File platform_no!:name recusals!:File teams!:File time!:time
Bytes bytes!:integer sha256!:hex64
Recusal date!:date decided!:date decided_by!:sealed earlier:integer list!:File person!:sealed scan:hex64 units!:integer
Takedown approved_by!:sealed class!:name date!:date entry!:integer fields!:token[] ground!:name years:integer
TeamsNotice count!:integer declared!:integer from!:date group_teams:integer inspectors!:RosterRef keycommit_i!:hex64 most_for_one!:integer notice!:integer objects!:File people!:File people_grounds:Ground[] people_out:File randomness!:Randomness recusals!:File serial!:integer slots!:Slot[] teams!:token to!:date
Teams commitment!:hex64 contributions:integer[] declarations:File group_teams:File leaders!:File line:text load!:integer notice!:integer recusals!:File rho!:hex64 scans:Bytes[] seed!:hex64 signature:hex96 signed:name[] teams!:File unstaffed!:File
Expert approved_by!:sealed date!:date ground!:name leave:hex32 notice!:integer object!:hex32 person!:sealed roster:integer specialities:token[]
Contribution commitment!:hex64 notice!:integer value!:hex64
`;
