package demo

// The word lists. All shares in this file are invented: they look like a county
// of workshops and shops and prove nothing about the two. Weights of sectors are
// ten-thousandths, shares of tags millionths of all firms.

var gaoqingSectors = []share[string]{
	{"机械", 2400}, {"轻工", 1800}, {"纺织", 1400}, {"商贸", 1400}, {"建材", 1000}, {"化工", 600},
	{"危险化学品", 500}, {"烟花爆竹", 400}, {"医药", 200}, {"有色", 100}, {"冶金", 100},
	{"非煤矿山", 50}, {"烟草", 10}, {"其他", 40},
}

var yanshiSectors = []share[string]{
	{"机械", 3400}, {"轻工", 2600}, {"建材", 1000}, {"商贸", 1000}, {"有色", 400}, {"纺织", 400},
	{"危险化学品", 400}, {"化工", 300}, {"烟花爆竹", 300}, {"冶金", 100},
	{"医药", 40}, {"非煤矿山", 30}, {"其他", 25}, {"烟草", 5},
}

var (
	dusty     = []string{"机械", "轻工", "纺织", "有色"}
	confined  = []string{"轻工", "纺织", "化工", "医药", "建材", "冶金", "有色"}
	cold      = []string{"轻工", "商贸"}
	hazardous = []string{"化工", "危险化学品"}
)

// The tag 黑名单 is not in these lists: see blacklisted.
var gaoqingTags = []tagShare{
	{tag: "粉尘涉爆", share: 20_000, sectors: dusty},
	{tag: "有限空间", share: 80_000, sectors: confined},
	{tag: "液氨制冷", share: 5_000, sectors: cold},
	{tag: "重大危险源", share: 4_000, sectors: hazardous},
	{tag: "多次被投诉举报", share: 8_000},
	{tag: "重点关注名录", share: 6_000},
	{tag: "失信记录", share: 5_000},
	{tag: "严重违法违规记录", share: 2_000},
	{tag: "中央驻鲁", share: 3_000, sectors: []string{"危险化学品"}}, // filling stations
	{tag: "省管企业", share: 1_000, sectors: []string{"化工", "冶金", "非煤矿山"}},
}

var yanshiTags = []tagShare{
	{tag: "粉尘涉爆", share: 20_000, sectors: dusty},
	{tag: "有限空间", share: 80_000, sectors: confined},
	{tag: "液氨制冷", share: 5_000, sectors: cold},
	{tag: "重大危险源", share: 4_000, sectors: hazardous},
	{tag: "严重失信", share: 5_000},
	{tag: "信用风险较高", share: 10_000},
	{tag: "投诉举报多", share: 8_000},
	{tag: "经营异常名录", share: 15_000},
	{tag: "严重违法记录", share: 2_000},
}

var statuses = []share[string]{{"存续", 960}, {"注销", 25}, {"吊销", 9}, {"迁出", 6}}

// entityClass is a form of enterprise: the first two digits of its code, its
// kind, the end of its name.
type entityClass struct{ code, entity, suffix string }

var (
	limited    = entityClass{"91", "有限责任公司", "有限公司"}
	byShares   = entityClass{"91", "股份有限公司", "股份有限公司"}
	ownedByOne = entityClass{"91", "个人独资企业", "厂"}
	individual = entityClass{"92", "个体工商户", ""}
	cooperate  = entityClass{"93", "农民专业合作社", "专业合作社"}
)

var (
	works  = []share[entityClass]{{limited, 80}, {byShares, 3}, {ownedByOne, 7}, {individual, 10}}
	shops  = []share[entityClass]{{limited, 35}, {individual, 65}}
	plants = []share[entityClass]{{limited, 94}, {byShares, 6}}
	foods  = []share[entityClass]{{limited, 68}, {byShares, 2}, {ownedByOne, 6}, {individual, 18}, {cooperate, 6}}
)

var (
	riskHigh   = []share[string]{{"高风险", 25}, {"一般风险", 65}, {"低风险", 10}}
	riskMiddle = []share[string]{{"高风险", 6}, {"一般风险", 54}, {"低风险", 40}}
	riskLow    = []share[string]{{"高风险", 2}, {"一般风险", 28}, {"低风险", 70}}
)

// business is a word in a name and the line of business that goes with it.
type business struct{ word, scope string }

// trade is what a sector's firms are called and do.
type trade struct {
	supervision string
	classes     []share[entityClass]
	makers      []business // companies, works
	shops       []business // individual businesses
	more        []string   // further lines of business
	risks       []share[string]
}

// growers are what cooperatives do, whatever the sector.
var growers = []business{{"粮油", "粮食加工"}, {"果蔬", "果蔬加工"}, {"食用菌", "食用菌加工"}, {"山药", "农副产品加工"}}

var sectorWords = map[string]trade{
	"机械": {"工贸", works,
		[]business{{"机械制造", "通用零部件制造"}, {"机械配件", "机械零件加工"}, {"精密铸造", "铸件制造"}, {"轴承", "轴承制造"},
			{"三轮车辆", "摩托车零部件制造"}, {"金属制品", "金属制品制造"}, {"钢结构", "金属结构制造"}, {"电气设备", "配电开关控制设备制造"},
			{"模具", "模具制造"}, {"农机", "农业机械制造"}},
		[]business{{"机械加工部", "机械零件加工"}, {"车床加工部", "机械零件加工"}, {"焊接加工部", "金属结构制造"}, {"五金加工厂", "金属制品制造"}},
		[]string{"金属表面处理", "普通机械设备安装", "机械设备销售"}, riskMiddle},
	"轻工": {"工贸", foods,
		[]business{{"食品", "食品生产"}, {"制鞋", "鞋制造"}, {"家具", "木质家具制造"}, {"纸品包装", "纸和纸板容器制造"}, {"塑料制品", "塑料制品制造"},
			{"粮油", "粮食加工"}, {"工艺品", "工艺美术品制造"}, {"木业", "木材加工"}, {"玻璃器皿", "日用玻璃制品制造"}},
		[]business{{"制鞋厂", "鞋制造"}, {"豆制品坊", "豆制品制造"}, {"木器加工部", "木材加工"}, {"塑料制品厂", "塑料制品制造"}, {"面粉坊", "粮食加工"}},
		[]string{"包装服务", "日用品销售", "货物进出口"}, riskMiddle},
	"纺织": {"工贸", works,
		[]business{{"纺织", "棉纺纱加工"}, {"棉业", "棉花加工"}, {"针织", "针织品制造"}, {"服装", "服装制造"}, {"家纺", "家用纺织制成品制造"}, {"织造", "化纤织造加工"}},
		[]business{{"服装加工部", "服装制造"}, {"绣品店", "绣花加工"}, {"棉花加工厂", "棉花加工"}},
		[]string{"面料销售", "服装辅料销售", "货物进出口"}, riskMiddle},
	"商贸": {"工贸", shops,
		[]business{{"商贸", "日用百货销售"}, {"物资", "金属材料销售"}, {"超市", "食品销售"}, {"农资", "化肥销售"}, {"仓储服务", "普通货物仓储服务"}},
		[]business{{"百货店", "日用百货销售"}, {"五金店", "五金产品零售"}, {"便利店", "食品销售"}, {"农资门市部", "化肥销售"}, {"饭店", "餐饮服务"}, {"建材门市部", "建筑材料销售"}},
		[]string{"农副产品销售", "家用电器销售", "劳动保护用品销售"}, riskLow},
	"建材": {"工贸", works,
		[]business{{"建材", "新型建筑材料制造"}, {"新型墙材", "砖瓦制造"}, {"水泥制品", "水泥制品制造"}, {"石材", "建筑用石加工"}, {"耐火材料", "耐火材料生产"}, {"混凝土", "砼结构构件制造"}},
		[]business{{"石材加工部", "建筑用石加工"}, {"水泥制品厂", "水泥制品制造"}, {"预制件厂", "砼结构构件制造"}},
		[]string{"建筑材料销售", "道路货物运输", "土石方工程施工"}, riskMiddle},
	"化工": {"化工医药", plants,
		[]business{{"化工", "化工产品生产"}, {"新材料", "合成材料制造"}, {"涂料", "涂料制造"}, {"助剂", "专用化学产品制造"}, {"精细化工", "专用化学产品制造"}}, nil,
		[]string{"化工产品销售", "技术开发", "货物进出口"}, riskHigh},
	"危险化学品": {"危险化学品", plants,
		[]business{{"加油站", "成品油零售"}, {"燃气", "燃气经营"}, {"工业气体", "工业气体充装"}, {"化工贸易", "危险化学品经营"}, {"能源", "成品油零售"}}, nil,
		[]string{"润滑油销售", "日用百货销售", "机动车充电销售"}, riskHigh},
	"烟花爆竹": {"烟花爆竹", shops,
		[]business{{"烟花爆竹", "烟花爆竹零售"}, {"花炮", "烟花爆竹批发"}},
		[]business{{"烟花爆竹零售店", "烟花爆竹零售"}, {"烟花爆竹专营点", "烟花爆竹零售"}, {"副食烟花店", "烟花爆竹零售"}},
		[]string{"日用杂品销售", "食品销售"}, riskHigh},
	"医药": {"化工医药", plants,
		[]business{{"制药", "药品生产"}, {"医药", "医药中间体制造"}, {"生物科技", "生物制品制造"}, {"药用辅料", "药用辅料生产"}}, nil,
		[]string{"技术开发", "货物进出口"}, riskMiddle},
	"有色": {"工贸", works,
		[]business{{"铝业", "铝制品制造"}, {"铜材", "铜压延加工"}, {"有色金属", "有色金属压延加工"}, {"合金", "有色金属合金制造"}},
		[]business{{"铝制品加工部", "铝制品制造"}, {"铜件加工部", "铜压延加工"}},
		[]string{"金属材料销售", "再生资源回收"}, riskHigh},
	"冶金": {"工贸", plants,
		[]business{{"特钢", "炼钢"}, {"轧钢", "钢压延加工"}, {"冶金材料", "炼钢用辅料生产"}, {"铸管", "铸管制造"}}, nil,
		[]string{"金属材料销售", "普通货物仓储服务"}, riskHigh},
	"非煤矿山": {"非煤矿山", plants,
		[]business{{"矿业", "非金属矿采选"}, {"石料开采", "建筑石料开采"}, {"地质勘探", "地质勘查"}}, nil,
		[]string{"矿产品销售", "道路货物运输"}, riskHigh},
	"烟草": {"工贸", plants,
		[]business{{"烟草复烤", "烟叶复烤"}, {"烟草仓储", "烟草制品仓储"}}, nil,
		[]string{"普通货物仓储服务", "包装服务"}, riskMiddle},
	"其他": {"综合", works,
		[]business{{"科技服务", "技术服务"}, {"环保工程", "环保工程施工"}, {"再生资源", "再生资源回收"}, {"物流", "道路货物运输"}},
		[]business{{"修理部", "机动车修理和维护"}, {"服务部", "家政服务"}},
		[]string{"技术咨询", "装卸搬运"}, riskLow},
}

// tradeSigns make the own part of a firm's name: trees, herbs, birds and stones
// that seldom stand together in a real one.
var tradeSigns = []rune("槿楸栎榆桐檀柘栾槭椴枫榕樟楠榉朴桦杉柏槐" +
	"苔荻蓼茜芷蘅荇萱葵苓薇蕨菖藜芦蒿莳荞苎菱" +
	"鹭鹤雁鸥鹃鹊鹂鸢鹛鸿鹇隼鹮鸫莺翎鸬鹳雉雀" +
	"砚岫峤峪岚屿崮嶂璞珏琚琮璟玥琅璇瑀琬珩瑜")

var surnames = []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文")

var givenSigns = []rune("楷桐榆棠柏松枫梓檀槐岩岳川泽洲溪渠湛澄涵禾稷麦粟穗秋夏冬晨昕昱晗曜朗澈宁安恒谨慎笃敏勤朴诚信恕让谦和温良俭毅勇刚韧坚博闻知识书简墨砚弦歌舟帆远征行程驰骏骥鸿鹄鸣翔羽翎云霁岚霖霄虹星辰宇宙")

// specialities has ten words, so that ten inspectors in a line hold them all.
var specialities = []string{
	"工贸", "危险化学品", "机械", "粉尘防爆", "烟花爆竹",
	"有限空间", "安全生产综合", "非煤矿山", "冶金有色", "行政执法",
}

var (
	officePosts  = []string{"科长", "副科长", "科员", "工程师"}
	brigadePosts = []string{"大队长", "副大队长", "中队长", "执法员", "执法员", "执法员"}
	townPosts    = []string{"主任", "副主任", "工作人员", "工作人员"}
)
