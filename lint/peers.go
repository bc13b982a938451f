package lint

import (
	"sort"
	"strings"
)

// Peer is what another tool calls one of its checks, and what we have for it.
type Peer struct {
	Tool  string   // one of the constants below
	ID    string   // as that tool writes it
	Codes []string // of our checks that cover it, sorted
}

// The tools whose ids are known.
const (
	PySigma        = "pysigma"         // the validators of pySigma
	PySigmaSigmaHQ = "pysigma-sigmahq" // the validators of its SigmaHQ plugin
	SigmaHQTests   = "sigmahq-tests"   // the tests of SigmaHQ's repository
	Yamllint       = "yamllint"        // the rules of yamllint, as far as SigmaHQ has them on
	Rsigma         = "rsigma"          // the lint rules of rsigma
	Sigmalint      = "sigmalint"       // the rules of sigmalint
)

// Peers are the ids of other tools with the codes of our checks, sorted by tool and id (spec/checks.md, "Index of peer ids"). Ids that the
// index calls not applicable, or not implemented on purpose, are not here.
var Peers = peers()

// FindPeers gives what an id of another tool stands for. Without a tool all of them are searched: two may share an id. Case counts not.
func FindPeers(tool, id string) []Peer {
	var found []Peer
	for _, p := range Peers {
		if (tool == "" || p.Tool == tool) && strings.EqualFold(p.ID, id) {
			found = append(found, p)
		}
	}
	return found
}

func peers() []Peer {
	var all []Peer
	for tool, table := range peerTables {
		for _, row := range strings.Split(strings.TrimSpace(table), "\n") {
			words := strings.Fields(row)
			peer := Peer{Tool: tool, ID: words[0]}
			for _, digits := range words[1:] {
				peer.Codes = append(peer.Codes, "SIG"+digits)
			}
			all = append(all, peer)
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].Tool != all[j].Tool {
			return all[i].Tool < all[j].Tool
		}
		return all[i].ID < all[j].ID
	})
	return all
}

// peerTables has one line for an id: the id and the digits of our codes.
var peerTables = map[string]string{
	PySigma: `
all_of_them_condition 0710
attacktag 0402 0404 0405 0406 0407
cartag 0418
control_character 0113 0115 0636
custom_attributes 0210
cvetag 0417
d3_fendtag 0420
dangling_condition 0703
dangling_detection 0704
detection_tag 0422
double_wildcard 0642
duplicate_filename 1303
duplicate_references 0324
duplicate_tag 0416
duplicate_title 1302
escaped_wildcard 0643
fieldname_logsource 0502
filename_length 1415
identifier_existence 0301
identifier_uniqueness 1301
invalid_modifier_combinations 0604 0606 0607 0609
namespace_tag 0403
number_as_string 0635
specific_instead_of_generic_logsource 0518
stptag 0419
tag_format 0401 0402
them_condition_with_single_detection 0709
tlptag 0421
tlpv1_tag 0421
tlpv2_tag 0421
wildcards_instead_of_modifiers 0638 0641
`,
	PySigmaSigmaHQ: `
sigmahq_author_existence 0310
sigmahq_category_event_id 0515
sigmahq_category_windows_provider_name 0516
sigmahq_correlation_filename_prefix 1418
sigmahq_correlation_group_by_existence 1105
sigmahq_correlation_rules_minimum 1104
sigmahq_date_existence 0311
sigmahq_description_existence 0309
sigmahq_description_length 1405
sigmahq_falsepositives_banned_word 1410
sigmahq_falsepositives_capital 1409
sigmahq_falsepositives_typo_word 1411
sigmahq_field_duplicate_value 0634
sigmahq_field_user 0521
sigmahq_fieldname_cast 0507
sigmahq_fields_existence 1414
sigmahq_filename_convention 1416
sigmahq_filename_prefix 1417
sigmahq_github_link 1412
sigmahq_invalid_all_modifier 0605
sigmahq_invalid_fieldname 0508 0509 0510
sigmahq_invalid_hash_kv 0520
sigmahq_level_existence 0307
sigmahq_link_in_description 1406
sigmahq_logsource_unknown 0505 0506
sigmahq_missing_asterisk_condition 0708
sigmahq_mitre_link 1413
sigmahq_modified_date_order 0318
sigmahq_modified_without_date 0319
sigmahq_ofselection_condition 0711
sigmahq_ofthem_condition 0709
sigmahq_redundant_field 0515
sigmahq_redundant_modified 0320
sigmahq_space_field_name 0513
sigmahq_status 1407
sigmahq_status_existence 0308
sigmahq_status_to_high 1408
sigmahq_sysmon_missing_eventid 0517
sigmahq_tags_detection 0426
sigmahq_tags_techniques_without_tactics 0410 0411
sigmahq_tags_tlp 0425
sigmahq_tags_unique_detection 0424
sigmahq_tags_unique_tlp 0423
sigmahq_title_case 1404
sigmahq_title_end 1403
sigmahq_title_length 1401
sigmahq_title_start 1402
sigmahq_unknown_field 0212
sigmahq_unsupported_regex_group_construct 0671
`,
	SigmaHQTests: `
duplicate-id-check 1301
test_duplicate_detections 0820
test_event_id_instead_of_process_creation 0518
test_fieldname_case 0507 0508 0510
test_file_names 1303 1415 1416 1417 1419
test_invalid_logsource_attributes 0204 0208 0502
test_legal_trademark_violations 1420
test_logsource_value 0503 0505 0506
test_optional_license 0208
test_re_invalid_escapes 0672
test_selection_list_one_value 0653
test_source_eventlog 0519
test_sysmon_rule_without_eventid 0517
test_title_in_first_line 1421
`,
	Yamllint: `
anchors 0101
braces 1507
brackets 1507
colons 1508
commas 1509
comments 1511
document-start 0104 1506
empty-lines 1504
hyphens 1510
indentation 1502
key-duplicates 0102
new-line-at-end-of-file 1503
new-lines 1505
octal-values 0110
syntax 0101
trailing-spaces 1501
truthy 0110
`,
	Rsigma: `
all_with_re 0606
array_matching_without_version 0514
condition_references_unknown 0702
condition_value_not_numeric 1108
deprecated_aggregation_syntax 0706
deprecated_without_related 0329
description_too_long 0321
duplicate_fields 0324
duplicate_references 0324
duplicate_tags 0416
empty_correlation_rules 1103
empty_detection 0206
empty_filter_rules 1202
empty_title 0203
empty_value_list 0633
falsepositive_too_short 0323
file_read_error 0002
filter_has_level 1205
filter_has_status 1206
flattened_array_correlation 0514
gap_without_session 1114
generate_not_boolean 1115
incompatible_modifiers 0602 0603
invalid_condition_operator 1107
invalid_correlation_type 1102
invalid_date 0314
invalid_gap_format 1114
invalid_id 0302
invalid_level 0306
invalid_modified 0314
invalid_related_id 0215
invalid_related_type 0214
invalid_status 0305
invalid_tag 0401
invalid_timespan_format 1106
invalid_window_mode 1114
logsource_value_not_lowercase 0503
missing_author 0310
missing_condition 0205
missing_condition_field 1112
missing_correlation 0201
missing_correlation_condition 1101
missing_correlation_rules 1101
missing_correlation_timespan 1101
missing_correlation_type 1101
missing_description 0309
missing_detection 0201
missing_filter 0201
missing_filter_condition 1201
missing_filter_logsource 0204
missing_filter_rules 1201 1202
missing_filter_selection 1201
missing_group_by 1105
missing_level 0307
missing_logsource 0204
missing_session_gap 1114
missing_title 0203
modified_before_date 0318
name_too_long 0321
non_lowercase_key 0211
not_a_mapping 0103
null_in_value_list 0632
related_missing_required 0213
schema_violation 0223
scope_too_short 0323
single_value_all_modifier 0605
taxonomy_too_long 0321
title_too_long 0321
unknown_key 0210 0212
unknown_rule_reference 1116 1207
unknown_tag_namespace 0403
wildcard_only_value 0631
yaml_parse_error 0101
`,
	Sigmalint: `
ATK001 0404
ATK002 0405 0406
ATK003 0409
ATK004 0415
FP001 0904 0905
FP002 0638 0639
FP004 0649
INTERNAL001 0001
META001a 0301
META001b 0302 0304
META002 0307 0309 0310 0311
META003 0312
META005 0305
RED001 0820
RED002 0820 1301 1302
SCHEMA001 0101 0102 0103
SCHEMA002 0223
SCHEMA003 0201 0203 0204 0205
SCHEMA004 0701 0702 0703 0705
STY001 0211
STY002 1419 1505
STY003 1502
TAX001 0510
TAX002 0601
TAX003 0507
`,
}
