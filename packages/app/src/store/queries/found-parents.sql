-- Parents that came after their children, and so were not known when the children were written.
SELECT child.no, max(parent.no) AS parent
FROM spans AS child
JOIN spans AS parent ON parent.run_key = $runKey AND parent.span_id = child.parent_id
WHERE child.run_key = $runKey AND child.parent = -2
GROUP BY child.no;
