META
key;value
description;"Small works; a vote of the village of Zażółć"
country;Poland
unit;Zażółć
subunit;Old Town
vote_type;approval
language;polish
min_length;1
max_length;3
num_projects;6
num_votes;10

PROJECTS
name;cost;votes;selected;project_id
"Benches; and shade";100;4;1;BO.D1/7
"The ""Little Wood""";200;3;0;BO.D1-7
Bicycle stands;300;2;1;3
Bicycle stands;310;2;0;4
A well;400;1;0;a project's id that is longer than thirty-two
Nothing;500;0;0;źdźbło

VOTES
vote;age;voter_id
"BO.D1/7,3";30;first
3,BO.D1-7;41;second
BO.D1/7;;third
BO.D1/7,BO.D1-7,4;25;fourth
;50;said-nothing
BO.D1/7,BO.D1-7,3,4;61;four-of-three
3,77;33;what-is-not-there
4,a project's id that is longer than thirty-two;29;fifth
BO.D1/7,BO.D1-7;29;sixth
3;30;first
